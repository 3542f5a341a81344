"""The running process: two consumers and a worker around one pool of connections."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog

from services.orchestrator.activities import Activities
from services.orchestrator.consumption import Consumption, Handler
from services.orchestrator.drain import Drain
from services.orchestrator.inference_client import InferenceClient
from services.orchestrator.ports import Bronze, Inference
from services.orchestrator.postgres import PostgresBronze, connection_pool
from services.orchestrator.searching import make_searchable
from services.orchestrator.settings import OrchestratorSettings
from services.orchestrator.starter import Starter
from services.orchestrator.temporal import TemporalWorkflows, connect, worker

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Orchestrator:
    """All parts, wired; nothing is open before `run`."""

    settings: OrchestratorSettings
    workflow: type
    activities: Mapping[str, Callable[..., Any]]

    async def serve(self) -> None:
        """Run until SIGTERM or SIGINT."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await self.run(stop)
        log.info("stopped")

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; then finish the batches in hand, then the activities, each for a limited time."""
        settings = self.settings
        async with self._outside() as (inference, bronze):
            client = await connect(settings.temporal)
            await make_searchable(client)
            known = Activities(inference, bronze, now=lambda: datetime.now(UTC)).by_name()
            running = worker(client, settings, self.workflow, (known | dict(self.activities)).values())
            workflows = TemporalWorkflows(client, self.workflow, settings.temporal.task_queue)
            starter = Starter(workflows, bronze, max_concurrent=settings.max_concurrent_starts)
            events = self._consumption(settings.events_topic, settings.events_group, starter)
            dead_letters = self._consumption(settings.dead_letters_topic, settings.dead_letters_group, Drain(bronze))
            async with running:
                log.info("ready", task_queue=settings.temporal.task_queue)
                await _until(stop, events, dead_letters, patience_s=settings.shutdown_timeout_s)

    @asynccontextmanager
    async def _outside(self) -> AsyncIterator[tuple[Inference, Bronze]]:
        settings = self.settings
        timeout = aiohttp.ClientTimeout(total=settings.inference_timeout_s)
        http = aiohttp.ClientSession(settings.inference.url, timeout=timeout)
        pool = connection_pool(settings.postgres, settings.database_pool_size)
        async with http, pool:
            yield InferenceClient(http), PostgresBronze(pool)

    def _consumption(self, topic: str, group_id: str, handle: Handler) -> Consumption:
        return Consumption(
            bootstrap_servers=self.settings.kafka.bootstrap_servers,
            topic=topic,
            group_id=group_id,
            batch_max_records=self.settings.batch_max_records,
            handle=handle,
        )


async def _until(stop: asyncio.Event, *consumptions: Consumption, patience_s: float) -> None:
    """Consume until `stop`; an error of one ends them all. Batches that take too long are read again next time."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each.run(stop)) for each in consumptions]
        await stop.wait()
        _, late = await asyncio.wait(tasks, timeout=patience_s)
        for task in late:
            log.warning("stopped in mid-batch; its records will be read again")
            task.cancel()
