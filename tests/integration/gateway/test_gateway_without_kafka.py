"""A gateway whose Kafka is not there: served over real HTTP, and as a process of its own."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import psutil
import pytest

from services.contracts.settings import Kafka, Stripe
from services.gateway.bootstrap import bootstrap
from services.gateway.server import NotStartedError, in_background
from services.gateway.settings import GatewaySettings
from services.simulator.events import wrap
from services.simulator.signing import sign
from stack.ports import free_port
from tests.integration.gateway.harness import process, until

pytestmark = pytest.mark.integration

SECRET = "whsec_without_kafka"


@pytest.fixture
def settings() -> GatewaySettings:
    return GatewaySettings(
        url=f"http://127.0.0.1:{free_port()}",
        produce_timeout_s=2,
        stripe=Stripe(webhook_secret=SECRET),
        kafka=Kafka(bootstrap_servers=f"127.0.0.1:{free_port()}"),
    )


def post(url: str, body: bytes) -> httpx.Response:
    headers = {"stripe-signature": sign(body, SECRET, int(time.time()))}
    return httpx.post(f"{url}/webhooks/stripe", content=body, headers=headers)


@pytest.mark.parametrize("body", [msgspec.json.encode(wrap({"id": "ch_1"}, "charge.failed")), b"no event"])
def test_what_is_signed_is_503_and_what_is_not_is_still_400(settings: GatewaySettings, body: bytes) -> None:
    with in_background(bootstrap(settings), settings) as url:
        assert post(url, body).status_code == 503
        assert httpx.post(f"{url}/webhooks/stripe", content=body).status_code == 400
        assert httpx.get(f"{url}/readyz").status_code == 503
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_a_taken_port_is_named(settings: GatewaySettings) -> None:
    with in_background(bootstrap(settings), settings):
        second = in_background(bootstrap(settings), settings)
        with pytest.raises(NotStartedError, match=settings.url):
            second.__enter__()


def test_the_process_starts_without_kafka_and_ends_on_sigterm(settings: GatewaySettings, tmp_path: Path) -> None:
    with process(tmp_path / "log", **environment(settings, tmp_path)) as gateway:
        assert post(settings.url, b"no event").status_code == 503
        gateway.terminate()
        assert gateway.wait(30) == 0
    output = (tmp_path / "log").read_text()
    lines = [msgspec.json.decode(line) for line in output.splitlines()]
    assert any(line["event"] == "refused" and line["status"] == 503 for line in lines)
    assert lines[-1]["event"].startswith("Finished server process")
    assert SECRET not in output


def test_kafka_down_is_503_at_once_and_leaves_the_gateway_alive(settings: GatewaySettings, tmp_path: Path) -> None:
    event = wrap({"object": "customer", "id": "cus_1"}, "customer.updated")
    with process(tmp_path / "log", **environment(settings, tmp_path)):
        answers = [post(settings.url, msgspec.json.encode(event)) for _ in range(5)]
        metrics = httpx.get(f"{settings.url}/metrics").text
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in answers} == {(503, "1")}
    assert 'gateway_refused_total{error_class="NotAcknowledgedError"} 5.0' in metrics


@pytest.mark.parametrize("secret", ["", " "])
def test_blank_secret_at_start_refuses(secret: str, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "services.gateway"],
        env=os.environ | {"LAKEHOUSE_STATE": str(tmp_path), "STRIPE_WEBHOOK_SECRET": secret},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert "STRIPE_WEBHOOK_SECRET is blank" in result.stderr


def test_many_large_bodies_in_flight_take_bounded_memory(settings: GatewaySettings, tmp_path: Path) -> None:
    bound, senders = 32 * 2**20, 150
    variables = environment(settings, tmp_path) | {"GATEWAY_MAX_HELD_BYTES": str(bound)}
    request = b"POST /webhooks/stripe HTTP/1.1\r\nhost: gateway\r\ncontent-length: %d\r\n\r\n" % 2**20
    with process(tmp_path / "log", **variables) as gateway, ExitStack() as connections:
        memory = psutil.Process(gateway.pid).memory_info
        before = memory().rss
        sockets = [connections.enter_context(connect(settings.url)) for _ in range(senders)]
        with ThreadPoolExecutor(senders) as threads:
            list(threads.map(lambda each: each.sendall(request + b"x" * (2**20 - 1)), sockets))
        held = metric(settings.url, "gateway_held_bytes")
        grown = memory().rss - before
        assert metric(settings.url, 'gateway_refused_total{error_class="BusyError"}') >= senders // 2
        assert bound / 2 < held <= bound
        assert grown < 2 * bound, f"{grown / 2**20:.0f} MiB for {senders} MiB of bodies"
        for each in sockets:
            each.sendall(b"x")
        answers = {each.recv(12) for each in sockets}
        assert answers == {b"HTTP/1.1 400", b"HTTP/1.1 503"}
        assert metric(settings.url, "gateway_held_bytes") == 0
        assert memory().rss - before < 2 * bound


def test_more_connections_than_the_gateway_takes_are_503(settings: GatewaySettings, tmp_path: Path) -> None:
    variables = environment(settings, tmp_path) | {"GATEWAY_MAX_CONNECTIONS": "4"}
    with process(tmp_path / "log", **variables), ExitStack() as connections:
        for _ in range(4):
            connections.enter_context(connect(settings.url)).sendall(b"POST /webhooks/stripe HTTP/1.1\r\n")
        until(lambda: httpx.get(f"{settings.url}/healthz").status_code == 503, "the gateway is full")
        connections.close()
        until(lambda: httpx.get(f"{settings.url}/healthz").status_code == 200, "the gateway has room")


def environment(settings: GatewaySettings, state: Path) -> dict[str, str]:
    return {
        "LAKEHOUSE_STATE": str(state),
        "GATEWAY_URL": settings.url,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
    }


def connect(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=30)


def metric(url: str, name: str) -> float:
    lines = httpx.get(f"{url}/metrics", timeout=30).text.splitlines()
    return next(float(line.removeprefix(name)) for line in lines if line.startswith(name))
