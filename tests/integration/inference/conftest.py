"""The service as the process that supervisor runs, and as a server in a thread with a model of the test's own."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from socket import create_server

import httpx
import pytest

from services.inference.bootstrap import bootstrap
from services.inference.models import ModelSource
from services.inference.settings import InferenceSettings

READY_S = 60.0
Serve = Callable[[ModelSource], AbstractContextManager[str]]


@pytest.fixture
def url() -> str:
    """A URL where nobody listens yet."""
    with closing(create_server(("127.0.0.1", 0))) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a process, ready."""
    command = [sys.executable, "-m", "services.inference"]
    settings = {"INFERENCE_URL": url, "INFERENCE_ANSWER_TIMEOUT_S": f"{READY_S:g}"}
    started = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE)
    _wait_until_ready(url)
    yield started
    started.kill()
    started.communicate()


@pytest.fixture
def serve() -> Serve:
    """Serve these models in a thread while a block runs; gives the URL."""

    @contextmanager
    def serving(models: ModelSource) -> Iterator[str]:
        settings = InferenceSettings(url="http://127.0.0.1:0", answer_timeout_s=READY_S)
        server = bootstrap(settings, models=models)
        thread = threading.Thread(target=server.run)
        thread.start()
        deadline = time.monotonic() + READY_S
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()

    return serving


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/readyz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the service did not become ready")
