"""The `lakehouse` command as a lab uses it: progress line by line, answers as JSON, no machine's paths in an output."""

import json
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from labkit.errors import ServerDownError
from labkit.panel import Panel, Tone
from services.contracts.settings import REPOSITORY, Catalog, platform_env_file

_CATALOGS = {
    "polaris": "Apache Polaris",
    "reference": "Apache Iceberg's reference REST catalog (no authentication, no RBAC, no vended credentials)",
}
LAST_LINES = 15
_ANY = re.compile("")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What the batch loaded, and dbt's line on each model that it built or each thing that failed.
_OF_A_BATCH = re.compile(r"payment_events\w*: |  batch |dbt: |checks: |warning: |failed: |\d+ of \d+ (OK|FAIL|ERROR) ")
_ABSOLUTE = re.compile(r"(?<![\w.:/~…])(?:/[\w.+@-]+)+/([\w.+@-]+)")


def scrub(text: str) -> str:
    """Return the text without this machine's folders, so that an output can be shared."""
    text = text.replace(f"{REPOSITORY}/", "").replace(str(REPOSITORY), ".").replace(str(Path.home()), "~")
    return _ABSOLUTE.sub(r"…/\1", text)


class Platform:
    """Runs `lakehouse` of the environment that the kernel runs in.

    Args:
        command: What to run instead, for a test.
        say: Takes each line of progress.
    """

    def __init__(self, command: Sequence[str] = (), say: Callable[[str], object] = print) -> None:
        self._command = list(command) or [str(Path(sys.executable).with_name("lakehouse"))]
        self._say = say

    def run(self, *arguments: str) -> None:
        """Run a command and show its lines as they come. Raises `ServerDownError` with the last ones if it fails."""
        self._stream([*self._command, *arguments], f"lakehouse {' '.join(arguments)}")

    def batch(self) -> None:
        """Run one batch, bronze to Iceberg and dbt, and show what it made; its log stays out of the way.

        Raises:
            ServerDownError: the batch failed; with its last lines.
        """
        module = "services.ingestion"
        self._stream([sys.executable, "-m", module], f"python -m {module}", only=_OF_A_BATCH)

    def ask(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """Return what `lakehouse … --json` answers. Raises `ServerDownError` if that is not JSON."""
        command = [*self._command, *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
        try:
            # The exit code is the verdict (not ready, differences); the answer is there all the same.
            return json.loads(done.stdout)
        except ValueError:
            told = scrub(done.stderr or done.stdout).strip()
            raise ServerDownError(f"`lakehouse {' '.join(arguments)}` gave no answer: {told}") from None

    def doctor(self) -> Panel:
        """Return what this machine has, and what to do where it is not enough."""
        checks = self.ask("doctor")
        rows = [("✓" if one["ok"] else "✗", one["name"], scrub(one["found"])) for one in checks]
        remedies = tuple(f"{one['name']}: {one['remedy']}" for one in checks if not one["ok"])
        tone = Tone.BAD if remedies else Tone.GOOD
        return Panel("This machine", tone, lines=remedies, table=(("", "what", "found"), *rows))

    def status(self) -> Panel:
        """Return which servers and services answer, where, and how much memory each takes."""
        servers = self.ask("status")["servers"]
        rows = [
            (
                "✓" if one["ready"] else "✗",
                one["name"],
                ", ".join(f"{name} {port}" for name, port in one["ports"].items()),
                f"{one['memory_mib']} MiB",
            )
            for one in servers
        ]
        total = f"{sum(one['memory_mib'] for one in servers)} MiB"
        tone = Tone.GOOD if all(one["ready"] for one in servers) else Tone.WARNING
        return Panel("The platform", tone, table=(("", "server", "ports", "memory"), *rows, ("", "in all", "", total)))

    def catalog(self) -> str:
        """Return the name of the catalog in use, in words."""
        if not platform_env_file().exists():
            return "not chosen yet: the platform has not been started here"
        return _CATALOGS[Catalog().kind]

    def _stream(self, command: Sequence[str], name: str, only: re.Pattern[str] = _ANY) -> None:
        last: deque[str] = deque(maxlen=LAST_LINES)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY
        ) as process:
            for line in process.stdout or ():
                last.append(scrub(_COLOUR.sub("", line.rstrip())))
                if only.match(last[-1]):
                    self._say(last[-1])
        if process.returncode:
            tail = "\n".join(last)
            raise ServerDownError(f"`{name}` failed (exit code {process.returncode}). Its last lines:\n{tail}")
