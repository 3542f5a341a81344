"""The real inference service with a learner's score in it: a process of its own, on a free port, to be stopped."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from labkit.errors import LabError, ServerDownError
from labkit.servers import by_value, own_process
from services.inference.settings import InferenceSettings
from stack import ports

PROGRAM: Final = Path(__file__).with_name("inference_program.py")
READY_S: Final = 30.0
POLL_S: Final = 0.05
TIMEOUT_S: Final = 5.0


class OwnInference:
    """A service that answers as soon as this is entered. It keeps its address when it is started again."""

    def __init__(self, score: Callable[..., Any]) -> None:
        self._score = score
        self.url = f"http://127.0.0.1:{ports.free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return when it is ready. Raises `LabError` when it does not get there."""
        job = InferenceSettings(url=self.url), self._score
        packed = by_value.dumps(job, [self._score])
        self._process = own_process.spawn(PROGRAM, packed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LabError(f"the inference service was not ready (exit code {self._process.poll()})")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Kill it with SIGKILL: connections break, and nobody listens any more."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop it in its tracks (SIGSTOP): it takes connections and never answers, as a model that hangs."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=TIMEOUT_S).is_success
        except httpx.TransportError:
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def ask(url: str, path: str, body: object) -> httpx.Response:
    """Post JSON to an inference service and return what it answers. Raises `ServerDownError`."""
    try:
        return httpx.post(f"{url}{path}", json=body, timeout=TIMEOUT_S)
    except httpx.TransportError as error:
        raise ServerDownError(
            f"inference does not answer at {url} ({type(error).__name__})",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        ) from None
