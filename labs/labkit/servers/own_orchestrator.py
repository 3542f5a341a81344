"""The real orchestrator with a learner's part in it: on topics, groups, a task queue and a database of a lab's own."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
import psycopg
from aiokafka import AIOKafkaProducer
from psycopg.rows import dict_row

from labkit.errors import StaleStateError
from labkit.servers import by_value, own_database, own_process, own_topics
from services.contracts.bronze.migrate import upgrade
from services.contracts.events import UnifiedEvent, encode
from services.contracts.settings import Postgres, Temporal
from services.orchestrator.settings import OrchestratorSettings

PATIENCE_S: Final = 25.0
POLL_S: Final = 0.1
PARTITIONS: Final = 2
TABLES: Final = ("payment_events", "payment_events_quarantine")


def an_event(**changes: object) -> UnifiedEvent:
    """Return a good event of a payment in dollars, under an id that nobody has used."""
    provider_event_id, now = f"evt_lab_{secrets.token_hex(8)}", datetime.now(UTC)
    event = UnifiedEvent(
        event_id=f"stripe:{provider_event_id}",
        provider_event_id=provider_event_id,
        event_type="payment_intent.succeeded",
        payment_intent_id=f"pi_lab_{secrets.token_hex(4)}",
        charge_id=None,
        merchant_id="acct_lab",
        customer_id="cus_lab",
        amount_cents=4_200,
        currency="USD",
        amount=Decimal("42.00"),
        payment_method_type="card",
        card_brand="visa",
        card_last_four="4242",
        card_country="US",
        status="succeeded",
        failure_code=None,
        failure_message=None,
        attempt_number=1,
        provider_created_at=now,
        normalized_at=now,
        metadata={},
    )
    return msgspec.structs.replace(event, **changes)


def database(name: str) -> Postgres:
    """Return the settings of a lab's own bronze: both tables, with all migrations. Raises `ServerDownError`."""
    settings = own_database.ensure(name)
    upgrade(settings)
    return settings


@dataclass(frozen=True)
class OwnOrchestrator:
    """An orchestrator that runs."""

    settings: OrchestratorSettings
    producer: AIOKafkaProducer

    async def send(self, record: bytes) -> None:
        """Put any record on the topic of unified events."""
        await self.producer.send_and_wait(self.settings.events_topic, record)

    async def process(self, events: Collection[UnifiedEvent]) -> Mapping[str, tuple[str, dict[str, Any]]]:
        """Put events on the topic and return, by event id, the table that each ended in, and its row.

        Raises:
            StaleStateError: one of them is in neither table after 25 s.
        """
        for event in events:
            await self.send(encode(event))
        return await self.wait_for([event.event_id for event in events])

    async def wait_for(
        self, event_ids: Collection[str], tables: Collection[str] = TABLES
    ) -> Mapping[str, tuple[str, dict[str, Any]]]:
        """Return table and row of each event as soon as all are in one of these tables. Raises `StaleStateError`."""
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                while len(found) < len(event_ids):
                    await asyncio.sleep(POLL_S)
                    found = await self._rows(event_ids, tables)
        except TimeoutError:
            missing = ", ".join(sorted(set(event_ids) - set(found)))
            raise StaleStateError(
                f"after {PATIENCE_S:g} s, {missing} is not in {' or '.join(tables)}",
                try_next="`lab.platform.status()` shows whether Temporal and PostgreSQL are ready.",
            ) from None
        return found

    async def _rows(self, event_ids: Collection[str], tables: Collection[str]) -> dict[str, tuple[str, dict[str, Any]]]:
        found = {}
        dsn = self.settings.postgres.dsn
        async with await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row) as connection:
            for table in tables:
                query = f"SELECT * FROM {table} WHERE event_id = ANY(%s)"  # noqa: S608 - our own two names
                for row in await (await connection.execute(query.encode(), [list(event_ids)])).fetchall():
                    found[row["event_id"]] = table, row
        return found


@asynccontextmanager
async def running(
    name: str,
    definitions: Collection[Any] = (),
    **overrides: Any,  # noqa: ANN401 - those of bootstrap
) -> AsyncIterator[OwnOrchestrator]:
    """Run the real orchestrator in a process of its own; at the end it gets SIGTERM.

    Args:
        name: of the task queue and the beginning of the topics' and groups' names; with `_` for `-` of the database.
        definitions: the functions and classes among the overrides that this process must take as code.
        overrides: what `services.orchestrator.bootstrap.bootstrap` takes. It goes there pickled.

    Raises:
        ServerDownError: Kafka or PostgreSQL does not answer.
    """
    settings = OrchestratorSettings(
        postgres=await asyncio.to_thread(database, name.replace("-", "_")),
        temporal=Temporal(task_queue=name),
        events_topic=f"{name}.events",
        events_group=f"{name}.events",
        dead_letters_topic=f"{name}.dlq",
        dead_letters_group=f"{name}.dlq",
    )
    topics = dict.fromkeys((settings.events_topic, settings.dead_letters_topic), PARTITIONS)
    await asyncio.to_thread(own_topics.ensure, topics)
    async with (
        AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap_servers) as producer,
        own_process.running("orchestrator_program.py", by_value.dumps((settings, overrides), definitions)),
    ):
        yield OwnOrchestrator(settings, producer)
