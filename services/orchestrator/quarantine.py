"""Quarantine outside of a workflow, where no retry policy of Temporal's helps."""

from typing import Final

import stamina

from services.orchestrator.errors import BronzeAwayError
from services.orchestrator.ports import Bronze
from services.orchestrator.rows import Row

LONGEST_WAIT_S: Final = 10.0


async def quarantine(bronze: Bronze, row: Row) -> None:
    """Write the row, however long the database is away."""
    # A context, not a decorator: stamina logs a decorated call's arguments, and these hold the payload.
    async for attempt in stamina.retry_context(
        on=BronzeAwayError, attempts=None, timeout=None, wait_max=LONGEST_WAIT_S
    ):
        with attempt:
            await bronze.quarantine(row)
