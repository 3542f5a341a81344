"""Two relays, killed for real between producing and committing: what each loses, and what it doubles."""

import asyncio
import secrets
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from labkit.errors import LabError
from labkit.panel import Panel, Tone
from labkit.servers import own_topics
from services.contracts.settings import REPOSITORY, Kafka

# Run by its path: with `-m` it would import all of labkit first.
PROGRAM: Final = Path(__file__).with_name("relay_program.py")
ORDERS: Final = ("commit-first", "produce-first")
COUNT: Final = 5
WITHIN_S: Final = 60


def kill_both() -> Panel:
    """Let each relay copy five records, kill it -9 in between, start it again, and count what arrived.

    Raises:
        ServerDownError: Kafka does not answer.
    """
    names = {order: (f"lab03.{order}.in", f"lab03.{order}.out") for order in ORDERS}
    own_topics.ensure(dict.fromkeys((name for pair in names.values() for name in pair), 1))
    before = own_topics.ends([sink for _, sink in names.values()])
    values = [secrets.token_bytes(8) for _ in range(COUNT)]
    with ThreadPoolExecutor(max_workers=1) as pool:
        for order, (source, _) in names.items():
            pool.submit(asyncio.run, _write(source, f"lab03.{order}", values)).result()
    for kill in ("yes", "no"):
        _run([(order, f"lab03.{order}", *names[order], kill) for order in ORDERS])
    rows = []
    for order in ORDERS:
        found = Counter(record.value for record in own_topics.records(before) if record.topic == names[order][1])
        doubled = sum(count > 1 for count in found.values())
        rows.append((order.replace("-", " "), str(COUNT), str(len(found)), str(COUNT - len(found)), str(doubled)))
    heading = ("the relay", "records", "arrived", "lost", "doubled")
    return Panel("Killed in between, started again", Tone.INFO, table=(heading, *rows))


async def _write(source: str, group: str, values: list[bytes]) -> None:
    """Write the records, with the group at the first of them, whatever an earlier run left."""
    servers = Kafka().bootstrap_servers
    partition = TopicPartition(source, 0)
    async with (
        AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer,
        AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False) as consumer,
    ):
        consumer.assign([partition])
        await consumer.commit(await consumer.end_offsets([partition]))
        for value in values:
            await producer.send_and_wait(source, value)


def _run(jobs: list[tuple[str, ...]]) -> None:
    running = [
        subprocess.Popen([sys.executable, "-P", PROGRAM, *job], cwd=REPOSITORY, stderr=subprocess.DEVNULL)
        for job in jobs
    ]
    for process, job in zip(running, jobs, strict=True):
        code = process.wait(WITHIN_S)
        if (code == 0) == (job[-1] == "yes"):
            raise LabError(f"the relay {job[0]} ended with {code}")
