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


@asynccontextmanager
async def running(program: str, job: bytes) -> AsyncIterator[None]:
    """Run a program of this folder with a job on its stdin; at the end it gets SIGTERM.

    Raises:
        LabError: it ended by itself; with its last line of log.
    """
    with tempfile.TemporaryFile() as log, tempfile.TemporaryFile() as stdin:
        stdin.write(job)
        stdin.seek(0)
        process = subprocess.Popen(  # noqa: ASYNC220 - a moment, once
            [sys.executable, "-P", HERE / program], stdin=stdin, stdout=log, stderr=subprocess.STDOUT, cwd=REPOSITORY
        )
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
                raise LabError(f"{program} ended by itself (exit code {process.returncode}): {_last_line(log)}")


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    return " ".join(scrub(log.read().decode(errors="replace")).strip().splitlines()[-1:])
