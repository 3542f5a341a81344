"""Quarantine outside of a workflow, where no retry policy of Temporal's helps."""

from typing import Final

import stamina
import structlog

from services.contracts import tracing
from services.orchestrator.dead_letters import Record
from services.orchestrator.errors import BronzeAwayError
from services.orchestrator.ports import Bronze
from services.orchestrator.rows import Row

LONGEST_WAIT_S: Final = 10.0

log = structlog.get_logger(__name__)


async def quarantine(bronze: Bronze, record: Record, row: Row) -> None:
    """Write the record's row, however long the database is away."""
    # A context, not a decorator: stamina logs a decorated call's arguments, and these hold the payload.
    async for attempt in stamina.retry_context(
        on=BronzeAwayError, attempts=None, timeout=None, wait_max=LONGEST_WAIT_S
    ):
        with attempt:
            await bronze.quarantine(row)
    log.info(
        "quarantined",
        event_id=row["event_id"],
        trace_id=tracing.trace_id(tracing.continued(record.headers)),
        quarantine_id=row["quarantine_id"],
        stage=row["stage"],
    )
