"""The cluster's servers at the ports of this machine, by `kubectl port-forward` in the background."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from services.contracts.settings import state_dir
from stack import ports
from stack.context import Context
from stack.errors import StackError
from stack.kubernetes import programs
from stack.kubernetes.cluster import NAMESPACE, Cluster
from stack.manifest import Spec, specs
from stack.paths import log_file, write_private
from stack.progress import Reporter

WITHIN_S = 20
KAFKA_HOST_LISTENER = 19092
"""Kafka sends its clients on to the address that the listener advertises: this one advertises this machine."""


def forwards(context: Context) -> Mapping[str, tuple[str, ...]]:
    """Return what is forwarded: for each target, pairs LOCAL:REMOTE."""
    return {_target(spec): _pairs(spec, context) for spec in specs().values() if spec.host and spec.ports}


def _target(spec: Spec) -> str:
    return "pod/kafka-0" if spec.name == "kafka" else f"service/{spec.host}"


def _pairs(spec: Spec, context: Context) -> tuple[str, ...]:
    if spec.name == "kafka":
        return (f"{context.port('kafka', 'broker')}:{KAFKA_HOST_LISTENER}",)
    return tuple(f"{context.port(spec.name, name)}:{port}" for name, port in spec.ports.items())


def start(cluster: Cluster, context: Context, reporter: Reporter) -> None:
    """Forward every server and wait until its ports take connections. Raises StackError; then nothing is forwarded."""
    cluster.require()
    if running():
        reporter.say("Already forwarding.")
        return
    wanted = forwards(context)
    for pair in (pair for pairs in wanted.values() for pair in pairs):
        port = int(pair.partition(":")[0])
        if not ports.free(port):
            raise StackError(f"Port {port} is taken by {ports.holder(port)}.", "Stop it, or move by --port-offset.")
    pids = {target: _forward(cluster, target, pairs) for target, pairs in wanted.items()}
    write_private(state_dir() / "port-forward.json", json.dumps(pids))
    deadline = time.monotonic() + WITHIN_S
    for target, pairs in wanted.items():
        while any(ports.free(int(pair.partition(":")[0])) for pair in pairs):
            if target not in running() or time.monotonic() > deadline:
                stop(reporter)
                raise StackError(f"{target} could not be forwarded.", f"Its log: {_log(target)}")
            time.sleep(0.1)
    reporter.say(f"✓ forwarding {', '.join(wanted)}")


def _log(target: str) -> Path:
    return log_file(f"port-forward-{target.partition('/')[2]}")


def _forward(cluster: Cluster, target: str, pairs: tuple[str, ...]) -> int:
    command = [str(programs.find("kubectl")), "port-forward", "--namespace", NAMESPACE, target, *pairs]
    _log(target).parent.mkdir(parents=True, exist_ok=True)
    with _log(target).open("wb") as log:
        # A session of its own: it goes on when this command ends, and Ctrl-C at the next one is not for it.
        process = subprocess.Popen(
            command,
            env=programs.environment(cluster.kubeconfig),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return process.pid


def running() -> dict[str, int]:
    """Return the forwards that live: target and process. A pid that another program has by now does not count."""
    path = state_dir() / "port-forward.json"
    known: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {target: pid for target, pid in known.items() if _is_ours(pid)}


def _is_ours(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and "port-forward" in process.cmdline()
    except psutil.Error:
        return False


def stop(reporter: Reporter) -> None:
    """Stop every forward."""
    stopped = running()
    for pid in stopped.values():
        os.kill(pid, signal.SIGTERM)
    (state_dir() / "port-forward.json").unlink(missing_ok=True)
    reporter.say(f"Stopped {', '.join(stopped) or 'nothing: no port was forwarded'}.")
