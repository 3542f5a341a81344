"""What a dead letter becomes when it is replayed, or why it cannot be."""

from dataclasses import dataclass
from typing import Final

from aiokafka.structs import ConsumerRecord

from services.contracts import topics
from services.contracts.topics import Header
from stack.dead_letters.dead_letter import DeadLetter

OF_ONE_ATTEMPT: Final = frozenset({Header.ERROR_CLASS, Header.ERROR_MESSAGE, Header.STAGE})
"""Headers that tell of the failure, not of the record: they stay behind."""


@dataclass(frozen=True)
class Replay:
    """The record to write: the original bytes and key, and where it first was, how often it was tried, its trace."""

    topic: str
    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]]


def obstacle(letter: DeadLetter) -> str | None:
    """Say why this dead letter cannot be replayed; None if it can."""
    if letter.at.topic == topics.WEBHOOK_DLQ:
        return "it never was an event: the gateway refused its body, and only its sender can mend that"
    if letter.id == letter.at:
        return "its headers do not tell which topic it came from"
    if letter.id.topic not in topics.WEBHOOKS:
        return f"{letter.id.topic} is not a topic that the normalizer reads"
    return None


def replay(letter: DeadLetter, record: "ConsumerRecord[bytes, bytes]") -> Replay:
    """Return what to write for a dead letter that can be replayed, `record` being where it is."""
    headers = [(name, value or b"") for name, value in record.headers if name not in OF_ONE_ATTEMPT]
    return Replay(letter.id.topic, record.key, record.value or b"", headers)
