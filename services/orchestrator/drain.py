"""From the validation dead letters to the quarantine table."""

from collections.abc import Sequence

from services.orchestrator.dead_letters import Record, dead_letter_row
from services.orchestrator.ports import Bronze
from services.orchestrator.quarantine import quarantine


class Drain:
    """Writes one quarantine row per dead letter; one that is there already stays as it is."""

    def __init__(self, bronze: Bronze) -> None:
        self._bronze = bronze

    async def __call__(self, records: Sequence[Record]) -> None:
        """Write them all."""
        for record in records:
            await quarantine(self._bronze, record, dead_letter_row(record))
