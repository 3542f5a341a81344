"""The service as the process that supervisor runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from socket import create_server

import httpx
import pytest

pytestmark = pytest.mark.integration

PAYMENT = {
    "event_type": "charge.failed",
    "merchant_id": "acct_1",
    "amount_cents": 1_500,
    "currency": "usd",
    "status": "failed",
    "failure_code": "expired_card",
}
TIMEOUT_S = 20


@pytest.fixture
def url() -> str:
    with closing(create_server(("127.0.0.1", 0))) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "services.inference"]
    started = subprocess.Popen(command, env=os.environ | {"INFERENCE_URL": url}, stdout=subprocess.PIPE)
    yield started
    started.kill()
    started.communicate()


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/readyz").raise_for_status()
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the service did not become ready")


def test_the_process_answers_and_ends_on_sigterm(url: str, process: subprocess.Popen[bytes]) -> None:
    wait_until_ready(url)
    plan = httpx.post(f"{url}/retry/strategy", json=PAYMENT).json()
    process.send_signal(signal.SIGTERM)

    assert plan["strategy"] == "request_new_payment_method"
    assert process.wait(TIMEOUT_S) in {0, -signal.SIGTERM}
