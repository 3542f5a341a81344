"""What the orchestrator goes through without losing an event or storing one twice."""

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from services.contracts.settings import Postgres
from services.simulator.events import StripeEvent
from services.simulator.simulation import simulate
from services.simulator.summary import Summary
from tests.faults.processes import StandIn, Supervised, until
from tests.faults.proxies import Proxies

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.slow]

Send = Callable[[Iterable[StripeEvent]], Summary]
StandIns = Callable[..., AbstractContextManager[StandIn]]
ROWS = "SELECT event_id, fraud_model_version FROM payment_events WHERE event_id = ANY(%s)"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT%payment_events%'"


def new_events(number: int) -> list[StripeEvent]:
    """Return events of payments that this platform has not seen."""
    events = simulate(events=4 * number, seed=secrets.randbelow(2**31))
    return [event for event in events if event["type"].startswith(("payment_intent.", "charge."))][:number]


def ids(events: Iterable[StripeEvent]) -> list[str]:
    return sorted({f"stripe:{event['id']}" for event in events})


def stored(events: Iterable[StripeEvent]) -> list[dict[str, Any]]:
    """Return those of the events that bronze has."""
    with psycopg.connect(Postgres().dsn, connect_timeout=5, row_factory=dict_row) as connection:
        return connection.execute(ROWS, [ids(events)]).fetchall()


def all_stored(events: list[StripeEvent]) -> list[str]:
    """Wait until bronze has them all; return which versions scored them."""
    until(lambda: len(stored(events)) == len(ids(events)), "every event is in bronze")
    return sorted({str(row["fraud_model_version"]) for row in stored(events)})


def logged(worker: StandIn, event: str) -> int:
    """Count the lines of this kind in the log."""
    lines = (line for line in worker.output().splitlines() if line.startswith("{"))
    return sum(json.loads(line).get("event") == event for line in lines)


@contextmanager
def answering_500() -> Iterator[str]:
    """Yield the URL of a server that answers every question with 500."""

    class Broken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(500)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_worker_killed_in_mid_activity(
    proxies: Proxies, stand_in: StandIns, supervised: Supervised, send: Send
) -> None:
    events, inference = new_events(20), proxies.to("inference")
    with stand_in("orchestrator", INFERENCE_URL=inference.url) as worker:
        inference.stall()
        send(events)
        until(lambda: logged(worker, "workflow started") >= 5, "workflows are under way")
        worker.kill()
        assert logged(worker, "stored") == 0
    supervised.start("orchestrator")

    assert "fallback" not in all_stored(events)


def test_worker_stopped_in_mid_activity_ends_by_itself_and_hands_over(
    proxies: Proxies, stand_in: StandIns, supervised: Supervised, send: Send
) -> None:
    events, inference = new_events(20), proxies.to("inference")
    with stand_in("orchestrator", INFERENCE_URL=inference.url) as worker:
        inference.slow(1_000)
        send(events)
        until(lambda: logged(worker, "workflow started") >= 5, "workflows are under way")
        assert worker.stop() == 0
        assert logged(worker, "stopped") == 1
    supervised.start("orchestrator")

    assert "fallback" not in all_stored(events)


def test_inference_slow_then_gone_and_back(proxies: Proxies, stand_in: StandIns, send: Send) -> None:
    slow, gone, back = (new_events(3) for _ in range(3))
    inference = proxies.to("inference")
    with stand_in("orchestrator", INFERENCE_URL=inference.url):
        inference.slow(3_000)
        send(slow)
        assert all_stored(slow) == ["fallback"]
        inference.cut()
        send(gone)
        assert all_stored(gone) == ["fallback"]
        inference.mend()
        send(back)
        assert "fallback" not in all_stored(back)


def test_inference_500(stand_in: StandIns, send: Send) -> None:
    events = new_events(3)
    with answering_500() as url, stand_in("orchestrator", INFERENCE_URL=url):
        send(events)
        assert all_stored(events) == ["fallback"]


def test_postgresql_restarted_in_mid_transaction(supervised: Supervised, send: Send) -> None:
    events = new_events(30)
    with psycopg.connect(Postgres().dsn) as blocker:
        blocker.execute("LOCK TABLE payment_events IN SHARE MODE")  # inserts begin, and wait
        send(events)
        with psycopg.connect(Postgres().dsn, autocommit=True) as watcher:
            until(lambda: waiting(watcher) > 0, "an insert is under way")
        supervised.kill("postgres")
        blocker.close()
    supervised.start("postgres")

    all_stored(events)


def waiting(watcher: psycopg.Connection) -> int:
    row = watcher.execute(WAITING).fetchone()
    return row[0] if row else 0


def test_postgresql_cut_off_in_mid_transaction(proxies: Proxies, stand_in: StandIns, send: Send) -> None:
    events, postgres = new_events(20), proxies.to("postgres")
    with stand_in("orchestrator", POSTGRES_PORT=str(postgres.port)) as worker:
        postgres.stall()
        send(events)
        until(lambda: logged(worker, "workflow started") >= 5, "workflows are under way")
        postgres.cut()
        # What was held back may get through before the reset: written, and the worker never learns of it.
        assert len(stored(events)) < len(ids(events))
        postgres.mend()
        all_stored(events)


def test_temporal_killed_under_load(supervised: Supervised, send: Send) -> None:
    events = new_events(60)
    load = threading.Thread(target=send, args=[events])
    load.start()
    until(lambda: len(stored(events)) > 0, "the first event is in bronze")
    supervised.kill("temporal")
    supervised.start("temporal")
    load.join()

    all_stored(events)
