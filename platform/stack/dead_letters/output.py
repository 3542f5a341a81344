"""Dead letters for a reader: as a table, as JSON, and one in full. What came from outside cannot move the cursor."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiokafka.structs import ConsumerRecord
from rich.table import Table
from rich.text import Text

from stack.dead_letters.dead_letter import DeadLetter
from stack.dead_letters.replaying import obstacle

ABSENT: Final = "none"


def table(letters: Sequence[DeadLetter]) -> Table:
    """Return one row for each dead letter."""
    rows = Table(box=None)
    for column in ("id", "event id", "error class", "message", "stage", "attempts", "first seen (UTC)"):
        rows.add_column(column, justify="right" if column == "attempts" else "left", no_wrap=True)
    for letter in letters:
        cells = (str(letter.id), letter.event_id or ABSENT, letter.error_class, letter.message, letter.stage)
        seen = f"{letter.first_seen:%Y-%m-%d %H:%M:%S}" if letter.first_seen else ABSENT
        rows.add_row(*(Text(printable(cell)) for cell in cells), str(letter.attempts), seen)
    return rows


def name(letter: DeadLetter) -> str:
    """Return what one dead letter is called in a line of text."""
    return f"{printable(str(letter.id))} ({printable(letter.event_id or 'no event id')}, attempt {letter.attempts})"


def as_json(letter: DeadLetter) -> dict[str, Any]:
    """Return a dead letter as JSON values; never its payload."""
    return {
        "id": str(letter.id),
        "event_id": letter.event_id,
        "error_class": letter.error_class,
        "message": letter.message,
        "stage": letter.stage,
        "attempts": letter.attempts,
        "first_seen": letter.first_seen.isoformat() if letter.first_seen else None,
        "dead_letter": str(letter.at),
        "replayable": obstacle(letter) is None,
    }


def in_full(letter: DeadLetter, record: "ConsumerRecord[bytes, bytes]") -> str:
    """Return headers and payload of one dead letter."""
    value = record.value or b""
    facts = [("dead letter", str(letter.at)), ("key", _text(record.key)), ("payload", f"{len(value)} bytes")]
    headers = [(name, _text(header)) for name, header in record.headers]
    width = max(len(name) for name, _ in (*facts, *headers))
    lines = [f"{printable(name):<{width}}  {text}" for name, text in (*facts, *headers)]
    return "\n".join([printable(str(letter.id)), *lines, "", _pretty(value)])


def printable(text: str) -> str:
    """Return the text with everything that is no printable character escaped, so that no terminal obeys it."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _text(value: bytes | None) -> str:
    return ABSENT if value is None else printable(value.decode(errors="backslashreplace"))


def _pretty(value: bytes) -> str:
    try:
        # Not parsed and written again: that would hide a duplicate key, which may be what is wrong.
        lines = msgspec.json.format(value, indent=2).decode().splitlines()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _text(value)
    return "\n".join(printable(line) for line in lines)
