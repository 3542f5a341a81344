import io
import json
from collections.abc import Callable

import pytest
from aiokafka.structs import ConsumerRecord
from rich.console import Console

from services.contracts.topics import Header
from stack.dead_letters import output
from stack.dead_letters.dead_letter import DeadLetter

MakeRecord = Callable[..., "ConsumerRecord[bytes, bytes]"]
HOSTILE = "\x1b[2J\x9b31m[red]\r\n\u202e"


def text(letters: list[DeadLetter]) -> str:
    console = Console(file=io.StringIO(), width=300)
    console.print(output.table(letters))
    return console.file.getvalue()


def test_the_table_has_a_row_for_each_with_all_that_is_known(record: MakeRecord) -> None:
    _, row = text([DeadLetter.of(record())]).splitlines()
    assert row.split("  ")[0].strip() == "webhooks.stripe.charge:2:41"
    for cell in ("stripe:evt_1", "NormalizationError", "data.object.amount: is missing", "normalize", " 2 "):
        assert cell in row
    assert "2026-11-23 12:00:00" in row


def test_json_has_the_same_and_never_the_payload(record: MakeRecord) -> None:
    assert output.as_json(DeadLetter.of(record(value=b'{"id":"evt_1","card":"4242"}'))) == {
        "id": "webhooks.stripe.charge:2:41",
        "event_id": "stripe:evt_1",
        "error_class": "NormalizationError",
        "message": "data.object.amount: is missing",
        "stage": "normalize",
        "attempts": 2,
        "first_seen": "2026-11-23T12:00:00+00:00",
        "dead_letter": "payments.validation.dlq:0:5",
        "replayable": True,
    }


def test_only_show_prints_the_payload(record: MakeRecord) -> None:
    dead = record(value=b'{"id":"evt_1","card":"4242"}')
    found = DeadLetter.of(dead)
    assert "4242" not in text([found]) + json.dumps(output.as_json(found)) + output.name(found)
    shown = output.in_full(found, dead)
    assert '  "card": "4242"' in shown.splitlines()
    assert "error_message       data.object.amount: is missing" in shown.splitlines()


def test_a_duplicate_key_or_a_long_number_in_the_payload_is_shown_as_it_is(record: MakeRecord) -> None:
    dead = record(value=b'{"a":1,"a":123456789012345678901234567890.50}')
    lines = output.in_full(DeadLetter.of(dead), dead).splitlines()
    assert lines[-4:] == ["{", '  "a": 1,', '  "a": 123456789012345678901234567890.50', "}"]


@pytest.mark.parametrize("value", [b"", b"\xff{", b"{", HOSTILE.encode(), None])
def test_a_payload_that_is_no_json_is_shown_escaped(record: MakeRecord, value: bytes | None) -> None:
    dead = record(value=value)
    shown = output.in_full(DeadLetter.of(dead), dead)
    assert shown.replace("\n", "").isprintable()


def test_nothing_from_outside_can_move_the_cursor(record: MakeRecord) -> None:
    hostile = {
        name: HOSTILE.encode()
        for name in (Header.ERROR_CLASS, Header.ERROR_MESSAGE, Header.STAGE, Header.ORIGINAL_TOPIC)
    }
    dead = record(changed=hostile, value=json.dumps({"id": HOSTILE}).encode())
    found = DeadLetter.of(dead)
    for shown in (text([found]), output.name(found), output.in_full(found, dead)):
        assert shown.replace("\n", "").isprintable()
        assert "[red]" in shown
