"""What can be wrong with a review: what becomes of the row, and of what is sent again."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from labkit.labs.bronze import tables
from labkit.servers.own_orchestrator import an_event
from services.contracts.events import UnifiedEvent, decode, encode

REVIEWER: Final = "ada"
HOPELESS: Final = b"not even JSON"
Review = Callable[[Any, tables.Row, str], object]


def with_amount_as_text(event: UnifiedEvent) -> bytes:
    """Return an event as a careless sender writes it: `amount_cents` in quotation marks."""
    whole, quoted = b'"amount_cents":%d' % event.amount_cents, b'"amount_cents":"%d"' % event.amount_cents
    return encode(event).replace(whole, quoted)


def mistake(review: Review) -> str | None:
    """Let two rows be reviewed, each of them twice; return what is wrong, None if nothing is."""
    event = an_event()
    mendable, hopeless = _quarantined(event.event_id, with_amount_as_text(event)), _quarantined(None, HOPELESS)
    bystander = _quarantined(None, HOPELESS)
    sent = _reviewed(review, mendable)
    if wrong := _row_mistake(mendable, "replayed") or _sent_mistake(sent, event):
        return wrong
    if _read(bystander)["review_status"] != "open":
        return "a row that nobody reviewed is not open any more: the UPDATE lacks its WHERE quarantine_id = …"
    if _reviewed(review, mendable) is not None:
        return "a row that was replayed already was sent again by a second review: AND review_status = 'open'"
    sent = _reviewed(review, hopeless)
    if sent is not None:
        return "what is no JSON cannot be mended, and was sent again: it would come straight back"
    return _row_mistake(hopeless, "rejected")


def _quarantined(event_id: str | None, payload: bytes) -> str:
    """Put a row into the quarantine and return its id."""
    quarantine_id = f"by hand:{an_event().event_id}"
    row = {
        "quarantine_id": quarantine_id,
        "event_id": event_id,
        "payload": payload.decode(),
        "reason": "the record is no unified event",
        "stage": "lab 05",
    }
    with tables.connect() as connection:
        connection.execute(tables.INSERT_QUARANTINE.encode(), row)
    return quarantine_id


def _reviewed(review: Review, quarantine_id: str) -> object:
    row = _read(quarantine_id)
    with tables.connect() as connection:
        return review(connection, row, REVIEWER)


def _read(quarantine_id: str) -> tables.Row:
    with tables.connect() as connection:
        query = "SELECT * FROM payment_events_quarantine WHERE quarantine_id = %s"
        found = connection.execute(query, [quarantine_id]).fetchone()
    return found or {"review_status": "deleted"}


def _row_mistake(quarantine_id: str, wanted: str) -> str | None:
    row = _read(quarantine_id)
    if row["review_status"] == "deleted":
        return "the row is gone: a quarantine is also the record of what went wrong; set its status"
    if row["review_status"] != wanted:
        return f"row {row['id']} is {row['review_status']!r} after its review; asked for was {wanted!r}"
    if row["reviewed_by"] != REVIEWER:
        return f"row {row['id']} was reviewed by somebody else than the `reviewer` that `review` was given"
    return None


def _sent_mistake(sent: object, event: UnifiedEvent) -> str | None:
    if sent is None:
        return "the row says 'replayed', and nothing was returned to send"
    if not isinstance(sent, bytes):
        return f"`review` returned a {type(sent).__name__}; a Kafka record is `bytes`"
    try:
        mended = decode(sent)
    except msgspec.DecodeError as error:
        return f"what was returned is still no unified event: {error}"
    if mended.amount_cents != event.amount_cents:
        return f"the mended event says {mended.amount_cents} cents; it was sent as {event.amount_cents}"
    if mended != event:
        return "the mended event differs from what was sent in more than `amount_cents`"
    return None
