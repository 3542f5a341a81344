"""The sender's own record of what was accepted: append-only, and never derived from what the platform says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from services.contracts.events import event_id as platform_event_id
from services.contracts.settings import state_dir

Append = Callable[[str, str], None]
"""Record that the gateway answered 200 just now to the event of this id and type. `evt_…` becomes `stripe:evt_…`."""


class Acceptance(msgspec.Struct, frozen=True):
    """One 200 that a sender received."""

    event_id: str
    event_type: str
    accepted_at: datetime


class Ledger:
    """A file of JSON lines. Several senders may append to it at once: a line is written in one piece."""

    def __init__(self, path: Path) -> None:
        """Use this file; it is made when it is first appended to."""
        self._path = path

    @classmethod
    def default(cls) -> Self:
        """Return the ledger of this clone's platform."""
        return cls(state_dir() / "ledger" / "accepted.jsonl")

    def append(self, event_id: str, event_type: str) -> None:
        """Record that the gateway answered 200 to this event just now. `evt_…` becomes `stripe:evt_…`."""
        with self.appending() as append:
            append(event_id, event_type)

    @contextmanager
    def appending(self) -> Iterator[Append]:
        """Give an `append` that keeps the file open while the block runs: for thousands of events a second."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:

            def append(event_id: str, event_type: str) -> None:
                acceptance = Acceptance(platform_event_id(event_id), event_type, datetime.now(UTC))
                file.write(msgspec.json.encode(acceptance) + b"\n")

            yield append

    def accepted(self) -> dict[str, datetime]:
        """Return each accepted event's id and when it was accepted (UTC), the first time if it was sent again."""
        accepted: dict[str, datetime] = {}
        if self._path.exists():
            for line in self._path.read_bytes().splitlines():
                acceptance = msgspec.json.decode(line, type=Acceptance)
                accepted.setdefault(acceptance.event_id, acceptance.accepted_at)
        return accepted
