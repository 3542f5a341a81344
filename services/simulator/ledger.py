"""The sender's own record of what was accepted: append-only, and never derived from what the platform says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from services.contracts.events import event_id as platform_event_id
from services.contracts.settings import state_dir


class Acceptance(msgspec.Struct, frozen=True):
    """One 200 that a sender received."""

    event_id: str
    event_type: str
    accepted_at: datetime


class Ledger:
    """A file of JSON lines. Several senders may append to it at once: a line is written in one piece."""

    def __init__(self, path: Path) -> None:
        """Use this file; it is made at the first append."""
        self._path = path

    @classmethod
    def default(cls) -> Self:
        """Return the ledger of this clone's platform."""
        return cls(state_dir() / "ledger" / "accepted.jsonl")

    def append(self, event_id: str, event_type: str) -> None:
        """Record that the gateway answered 200 to this event just now. `evt_…` becomes `stripe:evt_…`."""
        acceptance = Acceptance(platform_event_id(event_id), event_type, datetime.now(UTC))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:
            file.write(msgspec.json.encode(acceptance) + b"\n")

    def accepted(self) -> dict[str, datetime]:
        """Return each accepted event's id and when it was accepted (UTC), the first time if it was sent again."""
        accepted: dict[str, datetime] = {}
        if self._path.exists():
            for line in self._path.read_bytes().splitlines():
                acceptance = msgspec.json.decode(line, type=Acceptance)
                accepted.setdefault(acceptance.event_id, acceptance.accepted_at)
        return accepted
