"""The whole path on real servers: a signed webhook in, a row in Trino out, and nothing lost on the way."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.contracts.events import event_id
from services.contracts.settings import REPOSITORY, Postgres
from services.simulator.client import send
from services.simulator.events import wrap

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.usefixtures("pipeline"), pytest.mark.timeout(400)]

LAKEHOUSE = Path(sys.executable).with_name("lakehouse")
FIXTURES = REPOSITORY.parent / "shared" / "data" / "stripe_fixtures.json"
SETTLE_S = 180


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], cwd=REPOSITORY, capture_output=True, text=True, check=False)


def _reconcile() -> dict[str, Any]:
    result = _run(LAKEHOUSE, "reconcile", "--json", "--wait", SETTLE_S)
    assert result.returncode == 0, result.stdout + result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _batch() -> None:
    result = _run(sys.executable, "-m", "services.ingestion")
    assert result.returncode == 0, result.stdout + result.stderr


def test_500_events_reconcile_to_no_difference_after_a_restart_too() -> None:
    sent = _run(sys.executable, "-m", "services.simulator", "live", "--events", 500, "--seed", 7)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    _run(LAKEHOUSE, "reconcile", "--wait", SETTLE_S)  # until the live part has settled; the batch has yet to run
    _batch()
    before = _reconcile()
    assert _run(LAKEHOUSE, "down").returncode == 0
    restarted = _run(LAKEHOUSE, "pipeline", "up")
    assert restarted.returncode == 0, restarted.stderr
    assert _reconcile()["stages"] == before["stages"]


@pytest.mark.skipif(not FIXTURES.exists(), reason="Stripe's example objects are not beside this clone")
def test_every_one_of_stripes_own_objects_arrives_in_bronze_or_in_quarantine() -> None:
    objects = json.loads(FIXTURES.read_text(encoding="utf-8"))
    types = {
        "charge": "charge.succeeded",
        "payment_intent": "payment_intent.created",
        "refund": "refund.created",
        "dispute": "charge.dispute.created",
        "radar.early_fraud_warning": "radar.early_fraud_warning.created",
        "customer": "customer.created",
        "account": "account.updated",
        "subscription": "customer.subscription.created",
        "invoice": "invoice.paid",
        "payment_method": "payment_method.attached",
        "review": "review.opened",
    }
    events = {kind: wrap(objects[kind], event_type) for kind, event_type in types.items()}
    summary = asyncio.run(send(events.values()))
    assert summary.ok, summary
    _run(LAKEHOUSE, "reconcile", "--wait", SETTLE_S)
    _batch()
    _reconcile()
    ids = {kind: event_id(event["id"]) for kind, event in events.items()}
    with psycopg.connect(Postgres().dsn) as connection:
        bronze = {found for (found,) in connection.execute("SELECT event_id FROM payment_events")}
        reasons = dict(connection.execute("SELECT event_id, reason FROM payment_events_quarantine").fetchall())
    assert {ids["charge"], ids["payment_intent"], ids["refund"], ids["dispute"]} <= bronze
    assert "charge" in reasons[ids["radar.early_fraud_warning"]]
    unrouted = {ids[kind] for kind in ("customer", "account", "subscription", "invoice", "payment_method", "review")}
    assert not unrouted & (bronze | set(reasons))
