"""`lakehouse dlq` on the real pipeline: what was sent through the gateway, looked at and replayed."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner

from services.contracts.events import event_id
from services.contracts.settings import Postgres, Stripe
from services.simulator.client import send
from services.simulator.events import wrap
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from stack.cli import app

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]

WITHIN_S = 60


def dlq(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["dlq", *arguments])
    assert result.exit_code == code, result.output
    return result.output + str(result.exception or "")


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(dlq("list", "--json", "--limit", "1000"))
    return found


def until(find: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is being waited for
    deadline = time.monotonic() + WITHIN_S
    while not (found := find()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def letter_of(event: str, attempts: int = 1) -> dict[str, Any] | None:
    (found,) = [one for one in listed() if one["event_id"] == event] or [None]
    return found if found and found["attempts"] == attempts else None


def quarantined(event: str) -> list[dict[str, Any]]:
    with psycopg.connect(Postgres().dsn, row_factory=dict_row) as connection:
        return connection.execute("SELECT * FROM payment_events_quarantine WHERE event_id = %s", [event]).fetchall()


def dead_letter(**fields: object) -> str:
    """Send a charge that cannot be normalised, through the gateway; return its event id."""
    charge = {"object": "charge", "id": "ch_1", "amount": 1500, "currency": "usd", "status": "succeeded", **fields}
    event = wrap(charge, "charge.succeeded")
    assert asyncio.run(send([event])).ok
    return event_id(event["id"])


def test_dlq_list_show_and_replay_of_an_event_that_stays_bad() -> None:
    event = dead_letter(amount=15.9, description="for one's eyes only")
    first = until(lambda: letter_of(event))
    name = first["id"]
    assert name.startswith("webhooks.stripe.charge:")
    assert (first["error_class"], first["stage"], first["replayable"]) == ("NormalizationError", "normalize", True)
    assert first["message"] == "data.object.amount: Expected `int`, got `float`"
    assert "for one's eyes only" not in dlq("list")
    shown = dlq("show", name)
    assert '"description": "for one\'s eyes only"' in shown
    assert "traceparent" in shown
    row = until(lambda: quarantined(event))

    assert f"would replay {name} ({event}, attempt 1)" in dlq("replay", name, "--dry-run")
    assert letter_of(event) == first

    assert f"replayed {name} ({event}, attempt 1)" in dlq("replay", name)
    second = until(lambda: letter_of(event, attempts=2))
    assert second | {"attempts": 1, "dead_letter": first["dead_letter"]} == first
    dlq("replay", name)
    until(lambda: letter_of(event, attempts=3))
    assert quarantined(event) == row


def test_dlq_replay_all_goes_by_the_error_class_and_the_cap() -> None:
    events = {dead_letter(currency="null") for _ in range(2)}
    until(lambda: all(letter_of(event) for event in events))
    capped = dlq("replay", "--all", "--limit", "1", "--dry-run")
    assert capped.count("would replay webhooks.stripe.") == 1
    assert "--limit raises the cap of 1" in capped
    everything = dlq("replay", "--error-class", "NormalizationError", "--limit", "1000", "--dry-run")
    assert all(event in everything for event in events)
    assert "Would replay 0." in dlq("replay", "--error-class", "NoSuchError", "--dry-run")


def test_dlq_shows_what_the_gateway_refused_and_says_why_it_cannot_be_replayed() -> None:
    body = f'["not an event {time.time_ns()}"]'.encode()
    signature = sign(body, Stripe().webhook_secret.get_secret_value(), int(time.time()))
    url = f"{SimulatorSettings().gateway_url}/webhooks/stripe"
    assert httpx.post(url, content=body, headers={"Stripe-Signature": signature}).status_code == 400
    name: str = next(one["id"] for one in listed() if one["stage"] == "gateway")
    assert name.startswith("webhooks.stripe.dlq:")
    assert body.decode()[1:-1] in dlq("show", name)
    refusal = dlq("replay", name, code=1)
    assert f"cannot be replayed: {name}" in refusal
    assert "it never was an event" in refusal
    assert name not in dlq("replay", "--all", "--dry-run", "--limit", "1000")


def test_dlq_does_not_replay_anything_if_one_id_is_unknown() -> None:
    names = ("webhooks.stripe.charge:0:9999999", "webhooks.stripe.charge:1:9999999")
    for command in (["show", names[0]], ["replay", *names]):
        said = dlq(*command, code=1)
        assert f"There is no dead letter {names[0]}." in said
        assert "lakehouse dlq list" in said
