"""The sender's own record of accepted events: a file, so that it does not depend on what it is compared with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.contracts import events
from stack.journey.census import Ids
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Stage


class AcceptedEvents(Protocol):
    """What the sender keeps: when each event was answered with 200, by event id."""

    def accepted(self) -> dict[str, datetime]:
        """Return every accepted event."""
        ...


class LedgerStage:
    """The ledger as a stage."""

    stages = (Stage.LEDGER,)

    def __init__(self, ledger: AcceptedEvents) -> None:
        self._ledger = ledger

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return when the sender was answered 200."""
        at = self._read().get(event_id)
        return {Stage.LEDGER: [Sighting("answered 200", at)]} if at else {}

    def accepted(self) -> Ids:
        """Return the ids of all accepted events. A sender that sends one twice has one acceptance to keep."""
        return Ids(frozenset(self._read()))

    def _read(self) -> dict[str, datetime]:
        try:
            return {events.event_id(key): at for key, at in self._ledger.accepted().items()}
        except (OSError, msgspec.MsgspecError) as error:
            raise StageUnavailableError(f"the ledger cannot be read: {error}") from error
