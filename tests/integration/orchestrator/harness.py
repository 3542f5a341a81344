"""A real orchestrator in this process, on topics, groups, a task queue and a database of the test's own."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from psycopg import sql
from psycopg.rows import dict_row
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from services.contracts import tracing
from services.contracts.events import UnifiedEvent, encode
from services.contracts.settings import Kafka, Postgres, Temporal
from services.inference.settings import InferenceSettings
from services.orchestrator.bootstrap import bootstrap
from services.orchestrator.settings import OrchestratorSettings
from services.orchestrator.temporal import connect, workflow_id
from services.orchestrator.workflow import ProcessPayment
from tests.unit.orchestrator.fakes import EVENT

TIMEOUT_S = 30
NOBODY_LISTENS = "http://127.0.0.1:1"
Handle = WorkflowHandle[ProcessPayment, str]


def an_event(**changes: object) -> UnifiedEvent:
    """Return a good event under an id that no other test uses."""
    provider_event_id = f"evt_{uuid.uuid4().hex}"
    now = datetime.now(UTC)
    fresh: dict[str, object] = {"event_id": f"stripe:{provider_event_id}", "provider_event_id": provider_event_id}
    fresh |= {"provider_created_at": now, "normalized_at": now}
    return msgspec.structs.replace(EVENT, **(fresh | changes))


@dataclass
class Harness:
    """One test's own orchestrator; start it with `running()`."""

    settings: OrchestratorSettings
    producer: AIOKafkaProducer

    @asynccontextmanager
    async def running(self, **overrides: Any) -> AsyncIterator[None]:  # noqa: ANN401 - those of bootstrap
        """Run the orchestrator; at the end it is stopped as SIGTERM would stop it, and must end by itself."""
        stop = asyncio.Event()
        task = asyncio.create_task(bootstrap(self.settings, **overrides).run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, TIMEOUT_S)

    async def send(self, *events: UnifiedEvent, traceparent: str = "") -> None:
        """Put events on the topic of unified events."""
        for event in events:
            await self.send_bytes(encode(event), traceparent)

    async def send_bytes(self, value: bytes, traceparent: str = "") -> None:
        """Put any record on the topic of unified events."""
        headers = [(tracing.HEADER, traceparent.encode())]
        await self.producer.send_and_wait(self.settings.events_topic, value, headers=headers)

    async def send_dead_letter(self, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Put a record on the dead-letter topic."""
        await self.producer.send_and_wait(self.settings.dead_letters_topic, value, headers=headers)

    async def workflow(self, event: UnifiedEvent) -> Handle:
        """Return the event's workflow, as soon as there is one."""
        client: Client = await connect(self.settings.temporal)
        handle: Handle = client.get_workflow_handle_for(ProcessPayment.run, workflow_id(event.event_id))
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                try:
                    await handle.describe()
                except RPCError as error:
                    if error.status is not RPCStatusCode.NOT_FOUND:
                        raise
                    await asyncio.sleep(0.05)
                else:
                    return handle

    async def rows(self, table: str, *, at_least: int) -> list[dict[str, Any]]:
        """Return the table's rows in order, as soon as there are so many."""
        query = sql.SQL("SELECT * FROM {} ORDER BY id").format(sql.Identifier(table))
        dsn = self.settings.postgres.dsn
        async with (
            asyncio.timeout(TIMEOUT_S),
            await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection,
        ):
            cursor = connection.cursor(row_factory=dict_row)
            while True:
                rows = await (await cursor.execute(query)).fetchall()
                if len(rows) >= at_least:
                    return rows
                await asyncio.sleep(0.1)


@asynccontextmanager
async def harness(postgres: Postgres, inference_url: str) -> AsyncIterator[Harness]:
    """Yield a harness whose names nobody else has; its topics are deleted in the end."""
    name = f"test-orchestrator-{uuid.uuid4().hex[:12]}"
    settings = OrchestratorSettings(
        postgres=postgres,
        temporal=Temporal(task_queue=name),
        inference=InferenceSettings(url=inference_url),
        events_topic=f"{name}.events",
        events_group=f"{name}.events",
        dead_letters_topic=f"{name}.dlq",
        dead_letters_group=f"{name}.dlq",
    )
    servers = Kafka().bootstrap_servers
    topics = [settings.events_topic, settings.dead_letters_topic]
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1) for topic in topics])
    await producer.start()
    try:
        yield Harness(settings, producer)
    finally:
        await producer.stop()
        await admin.delete_topics(topics)
        await admin.close()
