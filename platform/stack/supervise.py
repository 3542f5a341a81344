"""The supervisor (supervisord): it owns the processes, we talk to it through its socket."""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, cast
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from services.contracts.settings import state_dir
from stack.errors import StackError
from stack.paths import log_file, private_dir, socket_file, write_private
from stack.servers.base import Program

STOP_WAIT_S = 30
OPEN_FILES = 16384

State = Literal["running", "starting", "stopped", "failed"]
STATES: Mapping[str, State] = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "failed",
    "EXITED": "failed",
    "FATAL": "failed",
    "UNKNOWN": "failed",
}


def _config_file() -> Path:
    return state_dir() / "supervisord.conf"


def _quoted(text: str | Path) -> str:
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _section(name: str, program: Program) -> str:
    environment = ",".join(f"{key}={_quoted(value)}" for key, value in program.environment.items())
    lines = {
        "command": " ".join(_quoted(part) for part in program.command),
        "directory": str(program.directory).replace("%", "%%"),
        "environment": environment,
        "stdout_logfile": str(log_file(name)).replace("%", "%%"),
        "redirect_stderr": "true",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "1",
        "autostart": "false",
        # Nothing comes back to life behind the learner's back: the labs kill things to see what happens.
        "autorestart": "false",
        "startretries": "0",
        "startsecs": "0",
        "stopsignal": program.stop_signal,
        "stopwaitsecs": str(STOP_WAIT_S),
        "stopasgroup": "false",
        "killasgroup": "true",
    }
    return "\n".join([f"[program:{name}]", *(f"{key}={value}" for key, value in lines.items()), ""])


def _supervisor_section() -> str:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    state = str(state_dir()).replace("%", "%%")
    return f"""[supervisord]
logfile={state}/logs/supervisord.log
pidfile={state}/supervisord.pid
childlogdir={state}/logs
minfds={files}
umask=077

[unix_http_server]
file={socket_file()}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""


def _config(programs: Mapping[str, Program]) -> str:
    return "\n".join([_supervisor_section(), *(_section(name, program) for name, program in programs.items())])


class Supervisor:
    """This clone's supervisord."""

    def _call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - each method answers something else
        with contextlib.closing(SupervisorTransport(None, None, f"unix://{socket_file()}")) as transport:
            return getattr(ServerProxy("http://localhost", transport=transport).supervisor, method)(*arguments)

    def running(self) -> bool:
        """Tell whether it answers."""
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (OSError, Fault):
            return False

    def configured(self, programs: Mapping[str, Program]) -> bool:
        """Tell whether it has these programs already."""
        return _config_file().exists() and _config_file().read_text(encoding="utf-8") == _config(programs)

    def configure(self, programs: Mapping[str, Program]) -> None:
        """Start it if need be and give it these programs; what runs with the same command keeps running."""
        private_dir(state_dir() / "logs")
        private_dir(socket_file().parent)
        write_private(_config_file(), _config(programs))
        if not self.running():
            self._launch()
            return
        added, changed, removed = self._call("reloadConfig")[0]
        for name in (*changed, *removed):
            with contextlib.suppress(Fault):
                self._call("stopProcess", name)
            self._call("removeProcessGroup", name)
        for name in (*added, *changed):
            self._call("addProcessGroup", name)

    def _launch(self) -> None:
        # Its environment becomes that of every server, so nothing is handed on but what a program needs to run.
        names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LAKEHOUSE_CACHE", "SSL_CERT_FILE", "USER", "LOGNAME")
        environment = {name: os.environ[name] for name in names if name in os.environ}
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(_config_file())]
        launched = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        deadline = time.monotonic() + 15
        while not self.running():
            if launched.returncode or time.monotonic() > deadline:
                raise StackError(f"The supervisor did not start: {(launched.stdout + launched.stderr).strip()[-400:]}")
            time.sleep(0.05)

    def states(self) -> dict[str, tuple[State, int, float]]:
        """Return each program's state, process id (0 if none) and uptime in seconds; empty if it is not running."""
        if not self.running():
            return {}
        found = {}
        for info in cast("list[dict[str, Any]]", self._call("getAllProcessInfo")):
            # A process that ended by itself, at any exit code, is a failed one; one that we stopped is not.
            state = STATES.get(info["statename"], "stopped")
            found[info["name"]] = (state, info["pid"], float(info["now"] - info["start"]) if info["pid"] else 0.0)
        return found

    def start(self, name: str) -> None:
        """Start a program; its readiness is another question."""
        try:
            self._call("startProcess", name, False)  # noqa: FBT003 - the interface's own argument: do not wait
        except Fault as fault:
            if fault.faultCode != Faults.ALREADY_STARTED:
                raise StackError(f"{name} could not be started: {fault.faultString}") from fault

    def stop(self, names: Iterable[str]) -> None:
        """Stop programs, together, and wait until their processes are gone."""
        for name in names:
            with contextlib.suppress(Fault):
                self._call("stopProcess", name, False)  # noqa: FBT003 - do not wait: the others stop meanwhile
        deadline = time.monotonic() + STOP_WAIT_S + 5
        waiting = set(names)
        while waiting and time.monotonic() < deadline:
            waiting = {name for name in waiting if self.states().get(name, ("", 0, 0))[1]}
            time.sleep(0.05)

    def shutdown(self) -> None:
        """Stop every program and supervisord itself, and wait until it is gone."""
        if not self.running():
            return
        pid = self._call("getPID")
        with contextlib.suppress(OSError, Fault, socket.timeout):
            self._call("shutdown")
        deadline = time.monotonic() + STOP_WAIT_S + 10
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
