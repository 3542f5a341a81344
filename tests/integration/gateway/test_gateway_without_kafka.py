"""A gateway whose Kafka is not there: served over real HTTP, and as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import msgspec
import pytest

from services.contracts.settings import Kafka, Stripe
from services.gateway.bootstrap import bootstrap
from services.gateway.server import NotStartedError, in_background
from services.gateway.settings import GatewaySettings
from services.simulator.events import wrap
from services.simulator.signing import sign
from tests.integration.gateway.harness import free_port

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
    environment = os.environ | {
        "LAKEHOUSE_STATE": str(tmp_path),
        "GATEWAY_URL": settings.url,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services.gateway"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        _wait_until_healthy(settings.url)
        assert post(settings.url, b"no event").status_code == 503
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    lines = [msgspec.json.decode(line) for line in output.splitlines()]
    assert any(line["event"] == "refused" and line["status"] == 503 for line in lines)
    assert SECRET not in output
    assert process.returncode in (0, -signal.SIGTERM)


def test_the_process_refuses_a_blank_secret(tmp_path: Path) -> None:
    environment = os.environ | {"LAKEHOUSE_STATE": str(tmp_path), "STRIPE_WEBHOOK_SECRET": " "}
    process = subprocess.run(
        [sys.executable, "-m", "services.gateway"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert process.returncode == 1
    assert "STRIPE_WEBHOOK_SECRET is blank" in process.stderr


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the gateway did not start")
