"""The normalizer killed, cut off and replaced, on the real topics, with what this folder's README describes."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner

from services.contracts.events import UnifiedEvent, event_id
from services.contracts.settings import Postgres, Temporal
from services.normalizer.bootstrap import bootstrap
from services.normalizer.normalization import Normalize
from services.normalizer.settings import NormalizerSettings
from services.simulator.events import StripeEvent, wrap
from services.simulator.summary import Summary
from stack.cli import app
from stack.dead_letters.operations import newest
from stack.journey.adapters.temporal import TemporalStage
from tests.faults.processes import StandIn, Supervised, until
from tests.faults.proxies import Proxies

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.slow]

Send = Callable[[Iterable[StripeEvent]], Summary]
StandIns = Callable[..., AbstractContextManager[StandIn]]


def charge(**fields: object) -> StripeEvent:
    subject = {"object": "charge", "id": "ch_1", "amount": 1500, "currency": "usd", "status": "succeeded", **fields}
    return wrap(subject, "charge.succeeded")


def ids(events: Iterable[StripeEvent]) -> set[str]:
    return {event_id(event["id"]) for event in events}


def rows(table: str, event: str) -> list[dict[str, Any]]:
    query = {
        "bronze": "SELECT * FROM payment_events WHERE event_id = %s",
        "quarantine": "SELECT * FROM payment_events_quarantine WHERE event_id = %s",
    }[table]
    with psycopg.connect(Postgres().dsn, row_factory=dict_row) as connection:
        return connection.execute(query, [event]).fetchall()


def stored(events: set[str]) -> int:
    with psycopg.connect(Postgres().dsn) as connection:
        found = connection.execute("SELECT count(*) FROM payment_events WHERE event_id = ANY(%s)", [list(events)])
        return int(found.fetchone()[0])


def dead_letter(event: str, attempts: int) -> str | None:
    """Return the dead letter's id, once it has failed so often."""
    found = (str(one.id) for one in newest(1000) if (one.event_id, one.attempts) == (event, attempts))
    return next(found, None)


def replayed(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["dlq", "replay", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@contextmanager
def normalizing_with(supervised: Supervised, own: Normalize) -> Iterator[None]:
    """The normalizer with this function, in the place of the supervised one, on its topics and group."""
    supervised.stop("normalizer")
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(bootstrap(NormalizerSettings(), normalize=own).run(stop))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        assert not thread.is_alive()


def test_the_normalizer_killed_under_load_loses_nothing(supervised: Supervised, send: Send) -> None:
    events = [charge(id=f"ch_{number}") for number in range(150)]
    sending = threading.Thread(target=send, args=(events,))
    sending.start()
    until(lambda: stored(ids(events)) > 0, "the first event is stored")
    supervised.kill("normalizer")
    sending.join()
    supervised.start("normalizer")
    until(lambda: stored(ids(events)) == len(events), "all events are stored", within_s=120)


def test_kafka_cut_off_in_mid_batch_loses_nothing(stand_in: StandIns, proxies: Proxies, send: Send) -> None:
    kafka = proxies.to("kafka")
    events = [charge(id=f"ch_{number}") for number in range(60)]
    with stand_in("normalizer", KAFKA_BOOTSTRAP_SERVERS=kafka.address, NORMALIZER_BATCH_MAX_RECORDS="7") as normalizer:
        assert send(events[:30]).ok
        until(lambda: '"normalized"' in normalizer.output(), "the first batch is through")
        kafka.cut()
        assert send(events[30:]).ok
        assert normalizer.alive()
        kafka.mend()
        until(lambda: stored(ids(events)) == len(events), "all events are stored", within_s=120)


def test_poison_messages_among_good_ones_stop_nobody(send: Send) -> None:
    events = [charge(id=f"ch_{number}", amount=1500 if number % 3 else None) for number in range(30)]
    assert send(events).ok
    good = ids(event for event in events if event["data"]["object"]["amount"])
    bad = ids(events) - good
    until(lambda: stored(good) == len(good), "the good ones are stored")
    until(lambda: all(rows("quarantine", event) for event in bad), "the others are in quarantine")


def test_dlq_replayed_twice_after_the_cause_was_mended_gives_one_workflow_and_one_row(
    supervised: Supervised, send: Send
) -> None:
    event = charge(metadata={"order": "7"})
    (name,) = ids([event])

    def broken(raw: bytes, **_: Any) -> UnifiedEvent:  # noqa: ANN401 - what normalize takes
        raise ZeroDivisionError(raw)

    with normalizing_with(supervised, broken):
        assert send([event]).ok
        until(lambda: rows("quarantine", name), "the event is in quarantine")
    quarantined = rows("quarantine", name)
    assert (len(quarantined), rows("bronze", name)) == (1, [])

    supervised.start("normalizer")
    assert name in replayed("--error-class", "ZeroDivisionError")
    until(lambda: rows("bronze", name), "the event is stored")
    stored_once, workflow = rows("bronze", name), TemporalStage(Temporal()).look(name)
    assert len(stored_once) == 1

    assert name in replayed("--error-class", "ZeroDivisionError")
    after = charge()
    assert send([after]).ok  # with the same key, so behind the replay
    until(lambda: stored(ids([after])), "what came after the second replay is stored")
    assert (rows("bronze", name), rows("quarantine", name)) == (stored_once, quarantined)
    assert TemporalStage(Temporal()).look(name) == workflow


def test_dlq_replayed_twice_while_the_event_stays_bad_gives_one_quarantine_row(send: Send) -> None:
    event = charge(amount="1500")
    (name,) = ids([event])
    assert send([event]).ok
    until(lambda: rows("quarantine", name), "the event is in quarantine")
    before = rows("quarantine", name)
    letter = dead_letter(name, attempts=1)
    assert letter
    for attempt in (1, 2):
        assert f"replayed {letter} ({name}, attempt {attempt})" in replayed(letter)
        until(lambda seen=attempt + 1: dead_letter(name, seen) == letter, "it has failed again")
    after = charge(amount=True)
    assert send([after]).ok
    until(lambda: rows("quarantine", *ids([after])), "what came after the second replay is in quarantine")
    assert (rows("quarantine", name), rows("bronze", name)) == (before, [])
