"""Dead letters end in the quarantine table, once each."""

import pytest

from services.contracts.topics import Header
from tests.integration.orchestrator.harness import Harness

pytestmark = pytest.mark.integration

PAYLOAD = b'{"id": "evt_dead", "note": "\xff\x00"}'


def headers(offset: int) -> list[tuple[str, bytes]]:
    return [
        (Header.ORIGINAL_TOPIC, b"webhooks.stripe.charge"),
        (Header.ORIGINAL_PARTITION, b"1"),
        (Header.ORIGINAL_OFFSET, str(offset).encode()),
        (Header.ERROR_CLASS, b"NormalizationError"),
        (Header.ERROR_MESSAGE, b"data.object.currency: is not in ISO 4217"),
        (Header.STAGE, b"normalize"),
        (Header.FIRST_SEEN, b"2026-11-23T10:00:00+00:00"),
    ]


async def test_a_dead_letter_is_quarantined_under_its_original_record(orchestrator: Harness) -> None:
    async with orchestrator.running():
        await orchestrator.send_dead_letter(PAYLOAD.replace(b"\x00", b""), headers(7))
        [row] = await orchestrator.rows("payment_events_quarantine", at_least=1)

    assert row["quarantine_id"] == "webhooks.stripe.charge:1:7"
    assert row["event_id"] == "stripe:evt_dead"
    assert row["payload"] == '{"id": "evt_dead", "note": "\ufffd"}'
    assert (row["reason"], row["stage"]) == ("data.object.currency: is not in ISO 4217", "normalize")
    assert row["first_seen_at"].isoformat() == "2026-11-23T10:00:00+00:00"
    assert (row["review_status"], row["loaded_to_iceberg"]) == ("open", False)


async def test_a_dead_letter_that_comes_twice_is_one_row(orchestrator: Harness) -> None:
    async with orchestrator.running():
        for offset in (7, 7, 8):
            await orchestrator.send_dead_letter(PAYLOAD, headers(offset))
        rows = await orchestrator.rows("payment_events_quarantine", at_least=2)

    assert sorted(row["source_offset"] for row in rows) == [7, 8]


async def test_bytes_without_headers_are_quarantined_too(orchestrator: Harness) -> None:
    async with orchestrator.running():
        await orchestrator.send_dead_letter(b"\x00\xff not json", [])
        [row] = await orchestrator.rows("payment_events_quarantine", at_least=1)

    assert row["quarantine_id"].startswith(f"{orchestrator.settings.dead_letters_topic}:")
    assert (row["payload"], row["event_id"]) == ("\ufffd not json", None)
