"""Poison messages: what can be wrong with one, and following it to the dead letters and to quarantine."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from labkit.errors import StaleStateError, WrongAnswerError
from labkit.servers import bronze, gateway, own_topics
from labkit.servers.topics import Offsets
from services.contracts import topics
from services.contracts.settings import Stripe
from services.contracts.topics import Header
from services.gateway import event as gateways
from services.gateway.errors import EventError
from services.gateway.routing import topic_for
from services.normalizer.bootstrap import utc_now
from services.normalizer.errors import NormalizationError
from services.normalizer.normalization import normalize
from services.simulator.events import StripeEvent
from services.simulator.signing import sign

WITHIN_S: Final = 30


def mistake(original: StripeEvent, changed: object) -> str | None:
    """Return why this is not the event made indigestible to the normalizer alone, None if it is."""
    if not isinstance(changed, dict):
        return f"`poison` returned a {type(changed).__name__}; asked for is the event, a `dict`"
    if changed == original:
        return "nothing was changed, so the normalizer will take it"
    if changed.get("id") != original["id"]:
        return "the event has another id now; leave that, or nobody will find it again"
    return _at_the_door(changed) or _at_the_normalizer(changed)


def _at_the_door(changed: dict[str, Any]) -> str | None:
    try:
        found = gateways.parse(body_of(changed))
    except TypeError:
        return "the event cannot be written as JSON any more"
    except EventError as error:
        return f"the gateway itself refuses this ({error}); it has to pass the door, which looks at the envelope only"
    if topic_for(found.type) not in topics.WEBHOOKS:
        return f"`{found.type}` goes to {topic_for(found.type)}, which the normalizer does not read"
    return None


def _at_the_normalizer(changed: dict[str, Any]) -> str | None:
    try:
        normalize(body_of(changed), platform_account_id="acct_lab", normalized_at=utc_now())
    except NormalizationError:
        return None
    return "the normalizer takes this: it does not need, or mends, what you changed. What can a payment not do without?"


def body_of(event: Mapping[str, Any]) -> bytes:
    """Return the event as bytes, NaN and all."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def deliver(event: StripeEvent) -> tuple[gateway.Answer, Offsets]:
    """Send an event by the platform's gateway; return its answer and where the dead letters ended before.

    Raises:
        ServerDownError: the gateway or Kafka does not answer.
        StaleStateError: the gateway has another secret.
        WrongAnswerError: the gateway refuses it, or the normalizer takes it.
    """
    if wrong := _at_the_door(event) or _at_the_normalizer(event):
        raise WrongAnswerError(wrong)
    before = own_topics.ends([topics.VALIDATION_DLQ])
    body = body_of(event)
    signature = sign(body, Stripe().webhook_secret.get_secret_value(), int(time.time()))
    answer = gateway.deliver(event, body, signature)
    if answer.status == httpx.codes.OK:
        return answer, before
    remedy = "unset STRIPE_WEBHOOK_SECRET where JupyterLab was started, and start it again."
    message = "the gateway refused what was signed rightly: it has another secret than this kernel"
    raise StaleStateError(message, try_next=remedy, evidence={"gateway": str(answer)})


def dead_letter(event: StripeEvent, since: Offsets, attempts: int = 1) -> tuple[str, Mapping[str, str]]:
    """Wait for an event's dead letter of this attempt; return where it is, and its headers.

    Raises:
        StaleStateError: it does not come.
        ServerDownError: Kafka does not answer.
    """
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        for record in own_topics.records(since):
            headers = {name: value.decode(errors="replace") for name, value in record.headers}
            if event["id"].encode() in (record.value or b"") and headers.get(Header.ATTEMPTS) == str(attempts):
                return f"{record.topic}, partition {record.partition}, offset {record.offset}", headers
        time.sleep(0.1)
    raise StaleStateError(
        f"after {WITHIN_S} s, {topics.VALIDATION_DLQ} has no dead letter of {event['id']} (attempt {attempts})",
        try_next="`lab.platform.status()` shows whether the normalizer is ready.",
    )


def identity(headers: Mapping[str, str]) -> str:
    """Return a dead letter's id: where its record was first."""
    names = (Header.ORIGINAL_TOPIC, Header.ORIGINAL_PARTITION, Header.ORIGINAL_OFFSET)
    return ":".join(headers[name] for name in names)


def quarantined(headers: Mapping[str, str]) -> int:
    """Wait for a dead letter in quarantine, and return how many rows it has there. Raises `StaleStateError`."""
    query = "SELECT count(*) AS n FROM payment_events_quarantine WHERE quarantine_id = %s"
    deadline = time.monotonic() + WITHIN_S
    while not (found := int(bronze.rows(query, identity(headers))[0]["n"])):
        if time.monotonic() > deadline:
            remedy = "`lab.platform.status()` shows whether the orchestrator is ready."
            raise StaleStateError("the dead letter has not reached quarantine", try_next=remedy)
        time.sleep(0.1)
    return found
