"""The harness itself: what it says that it breaks is broken, and mended."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from services.contracts import topics
from services.contracts.settings import Kafka, Postgres
from services.simulator.events import StripeEvent
from services.simulator.simulation import simulate
from services.simulator.summary import Summary
from tests.faults.processes import StandIn, Supervised
from tests.faults.proxies import Proxies

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.slow]

Send = Callable[[Iterable[StripeEvent]], Summary]
StandIns = Callable[..., AbstractContextManager[StandIn]]


def connect(port: int) -> psycopg.Connection:
    return psycopg.connect(Postgres(port=port).dsn, connect_timeout=5, autocommit=True)


def test_a_cut_connection_to_postgresql_breaks_and_a_mended_one_is_good_again(proxies: Proxies) -> None:
    proxy = proxies.to("postgres")
    with connect(proxy.port) as before:
        proxy.cut()
        with pytest.raises(psycopg.OperationalError):
            before.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        connect(proxy.port)
    proxy.mend()
    with connect(proxy.port) as after:
        assert after.execute("SELECT 1").fetchone() == (1,)


def test_a_slow_connection_answers_later(proxies: Proxies) -> None:
    proxy = proxies.to("postgres")
    with connect(proxy.port) as connection:
        proxy.slow(400)
        started = time.monotonic()
        connection.execute("SELECT 1")
        assert time.monotonic() - started >= 0.4


def test_a_stalled_connection_stays_and_goes_on_where_it_was(proxies: Proxies) -> None:
    proxy = proxies.to("postgres")
    answers = []
    with connect(proxy.port) as connection:
        proxy.stall()
        asking = threading.Thread(target=lambda: answers.append(connection.execute("SELECT 1").fetchone()))
        asking.start()
        asking.join(1)
        assert not answers
        proxy.mend()
        asking.join(30)
    assert answers == [(1,)]


async def test_a_cut_kafka_is_cut_for_those_behind_the_proxy_only(proxies: Proxies) -> None:
    proxy = proxies.to("kafka")

    async def partitions_seen_by(address: str) -> set[int] | None:
        consumer = AIOKafkaConsumer(topics.UNROUTED, bootstrap_servers=address)
        try:
            await consumer.start()
            return consumer.partitions_for_topic(topics.UNROUTED)
        finally:
            await consumer.stop()

    assert await partitions_seen_by(proxy.address) == {0}
    proxy.cut()
    with pytest.raises(KafkaError):
        await partitions_seen_by(proxy.address)
    assert await partitions_seen_by(Kafka().bootstrap_servers) == {0}
    proxy.mend()
    assert await partitions_seen_by(proxy.address) == {0}


@pytest.mark.parametrize("name", ["gateway", "postgres"])
def test_what_is_killed_is_gone_until_it_is_started(name: str, supervised: Supervised) -> None:
    before = supervised.pid(name)
    supervised.kill(name)
    assert supervised.pid(name) == 0
    supervised.start(name)
    assert supervised.pid(name) not in {0, before}


def test_events_of_a_killed_normalizer_arrive_when_the_pipeline_is_up_again(supervised: Supervised, send: Send) -> None:
    supervised.kill("normalizer")
    assert send(simulate(events=10, seed=1)).ok


def test_a_stand_in_takes_the_place_of_the_supervised_one(
    stand_in: StandIns, proxies: Proxies, supervised: Supervised, send: Send
) -> None:
    proxy = proxies.to("postgres")
    with stand_in("orchestrator", POSTGRES_PORT=str(proxy.port)) as process:
        assert supervised.pid("orchestrator") == 0
        assert send(simulate(events=5, seed=2)).ok
        assert '"service":"orchestrator"' in process.output()
        process.kill()
        assert not process.alive()
