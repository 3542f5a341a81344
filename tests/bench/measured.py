"""Processes to be measured: started with an environment of the benchmark's choice, stopped in the end."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from services.contracts.errors import LakehouseError
from services.contracts.settings import REPOSITORY

PATIENCE_S = 120.0
_MIB = 1024


class BenchmarkError(LakehouseError):
    """Something did not run as it must for a number to mean anything."""


def peak_rss_mib(pid: int) -> int:
    """Return the most resident memory that a process had so far; where the system keeps no peak, what it has now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) // _MIB
    return int(psutil.Process(pid).memory_info().rss) >> 20


class Measured:
    """A running process."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    def peak_rss_mib(self) -> int:
        """Return the most resident memory that it had so far."""
        return peak_rss_mib(self._process.pid)

    def wait_until(self, true: Callable[[], bool], what: str) -> None:
        """Poll until something is true. Raises BenchmarkError if it takes too long or the process ends meanwhile."""
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                last = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
                how = "ended" if ended else f"took longer than {PATIENCE_S:g} s"
                raise BenchmarkError(f"{self._log.stem} {how} before {what}. Its last words:\n{last}")
            time.sleep(0.1)


@contextmanager
def running(module: str, **environment: str) -> Iterator[Measured]:
    """Run `python -m MODULE` while the block runs. Its log goes to a file, as under the supervisor."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / f"{module}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=REPOSITORY,
                env=os.environ | environment,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Measured(process, log)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def output(module: str, *arguments: str, **environment: str) -> str:
    """Run `python -m MODULE ARGUMENTS…` to its end and return what it printed. Raises BenchmarkError."""
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(
        command, cwd=REPOSITORY, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BenchmarkError(f"{module} failed:\n{result.stderr[-2000:]}")
    return result.stdout
