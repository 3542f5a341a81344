"""A service with a learner's part in it, in a process of its own. Its program is run by its path, its job on stdin."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from labkit.errors import LabError
from labkit.platform import scrub
from services.contracts.settings import REPOSITORY

ENDS_WITHIN_S: Final = 15.0
HERE: Final = Path(__file__).parent

Output = int | IO[bytes]
"""What `subprocess` takes as an output: a file, or one of its constants."""


def spawn(program: Path, job: bytes, *, stdout: Output, stderr: Output) -> subprocess.Popen[bytes]:
    """Start a program by its path (with `-m` it would import all of labkit first), with a job on its stdin."""
    with tempfile.TemporaryFile() as stdin:
        stdin.write(job)
        stdin.seek(0)
        return subprocess.Popen(
            [sys.executable, "-P", program], stdin=stdin, stdout=stdout, stderr=stderr, cwd=REPOSITORY
        )


def last_line(log: IO[bytes]) -> str:
    """Return the last line of a log, without this machine's folders; nothing if it is empty."""
    log.seek(0)
    return " ".join(scrub(log.read().decode(errors="replace")).strip().splitlines()[-1:])


@asynccontextmanager
async def running(program: str, job: bytes) -> AsyncIterator[None]:
    """Run a program of this folder with a job on its stdin; at the end it gets SIGTERM.

    Raises:
        LabError: it ended by itself; with its last line of log.
    """
    with tempfile.TemporaryFile() as log:
        process = spawn(HERE / program, job, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            ended_by_itself = process.poll() is not None
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if ended_by_itself:
                raise LabError(f"{program} ended by itself (exit code {process.returncode}): {last_line(log)}")
