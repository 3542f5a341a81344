"""The service as the process that supervisor runs: real sockets, real signals, its real log."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from socket import create_connection, socket
from urllib.parse import urlsplit

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
BODY = json.dumps(PAYMENT).encode()
TIMEOUT_S = 30
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


@contextmanager
def connected(url: str) -> Iterator[socket]:
    with closing(create_connection(("127.0.0.1", urlsplit(url).port or 0), TIMEOUT_S)) as connection:
        yield connection


def head(length: int, *more: str) -> bytes:
    lines = ("POST /fraud/score HTTP/1.1", "host: x", "content-type: application/json", f"content-length: {length}")
    return "\r\n".join([*lines, *more, "", ""]).encode()


def until_closed(connection: socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def log_of(process: subprocess.Popen[bytes]) -> list[dict[str, object]]:
    """End the process, and return its log."""
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=TIMEOUT_S)
    return [json.loads(line) for line in output.splitlines()]


def test_the_process_answers_and_ends_on_sigterm(url: str, process: subprocess.Popen[bytes]) -> None:
    plan = httpx.post(f"{url}/retry/strategy", json=PAYMENT).json()
    process.send_signal(signal.SIGTERM)

    assert plan["strategy"] == "request_new_payment_method"
    assert process.wait(TIMEOUT_S) in {0, -signal.SIGTERM}


def test_a_request_in_hand_is_answered_when_the_process_is_told_to_end(
    url: str, process: subprocess.Popen[bytes]
) -> None:
    with connected(url) as connection:
        connection.sendall(head(len(BODY), "expect: 100-continue") + BODY[:10])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100 Continue")  # so the application has the request
        process.send_signal(signal.SIGTERM)
        connection.sendall(BODY[10:])
        answer = until_closed(connection)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"baseline-rules-1" in answer
    assert process.wait(TIMEOUT_S) in {0, -signal.SIGTERM}


@pytest.mark.usefixtures("process")
def test_a_client_that_sends_three_megabytes_is_told_413(url: str) -> None:
    large = httpx.post(
        f"{url}/fraud/score/bulk", content=b" " * 3_000_000, headers={"content-type": "application/json"}
    )

    assert large.status_code == 413
    assert "1048576 bytes" in large.json()["error"]


@pytest.mark.usefixtures("process")
def test_a_content_length_that_is_too_small_is_422(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(head(len(BODY) - 5, "connection: close") + BODY)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 422")


def test_a_client_that_hangs_up_in_the_middle_of_its_body_is_no_error(
    url: str, process: subprocess.Popen[bytes]
) -> None:
    with connected(url) as connection:
        connection.sendall(head(len(BODY), "expect: 100-continue") + BODY[:10])
        connection.recv(65_536)
    assert httpx.post(f"{url}/fraud/score", json=PAYMENT).status_code == 200

    assert [line for line in log_of(process) if line["level"] == "error"] == []


def test_a_refusal_can_be_followed_by_its_trace_id(url: str, process: subprocess.Popen[bytes]) -> None:
    headers = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
    httpx.post(f"{url}/fraud/score", json=PAYMENT | {"currency": "dollars"}, headers=headers)

    [line] = [line for line in log_of(process) if line.get("trace_id") == TRACE_ID]
    assert (line["service"], line["event"], line["field"]) == ("inference", "refused", "currency")


@pytest.mark.usefixtures("process")
async def test_fifty_clients_at_once_are_all_answered(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S) as client:
        answers = await asyncio.gather(*(client.post("/fraud/score", json=PAYMENT) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    ("name", "value"),
    [("INFERENCE_PROT", "8001"), ("INFERENCE_MAX_WAITING", "0"), ("INFERENCE_MAX_BODY_BYTES", "1 MB")],
)
def test_a_setting_that_is_wrong_is_refused_at_start_and_named(name: str, value: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "services.inference"],
        env=os.environ | {name: value},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ended.returncode != 0
    assert name.removeprefix("INFERENCE_").lower() in ended.stderr.lower()
    assert "Traceback" not in ended.stderr
