"""What lab 02 shows beside its checks, on the live servers: the door, the cable, and whose fault a silence is."""

import socket
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from labkit import source
from labkit.errors import ServerDownError
from labkit.lab import Lab
from labkit.labs.gateway import LAB, door
from labkit.labs.preflight import shop
from labkit.outcome import Fault, Outcome, Verdict
from labkit.panel import Tone
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.servers import cable, own_gateway
from services.contracts.events import event_id
from services.gateway.routing import Record
from services.simulator.ledger import Ledger

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


def verdict(exercise: str, answer: Callable[..., object]) -> Verdict:
    lab = Lab(LAB, progress=Progress(progress_file()), results=Results([], None), show=lambda _: None)
    lab.exercise(exercise)(answer)
    return lab.check(exercise)


def holds(address: str) -> bool:
    """Tell whether a connection is made and stays."""
    host, _, port = address.rpartition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=0.5) as connection:
        try:
            connection.recv(1)
        except TimeoutError:
            return True
    return False


def test_a_cable_can_be_pulled_and_put_back() -> None:
    with cable.laid() as line:
        assert holds(line.address)
        line.pull()
        assert not holds(line.address)
        line.put_back()
        assert holds(line.address)
    assert not holds(line.address)


def test_a_second_cable_is_refused_with_a_remedy() -> None:
    with cable.laid(), pytest.raises(ServerDownError, match="is taken") as caught, cable.laid():
        pass
    assert "stop its kernel" in caught.value.try_next


def test_an_open_door_lets_everybody_in_and_the_reference_those_who_may() -> None:
    assert door.knock(lambda *_: None).lines == ("17 knocked, Kafka keeps 17. Wrong answers: 10.",)
    assert door.knock(source.reference(LAB.name, "verify")).lines == ("17 knocked, Kafka keeps 7. Wrong answers: 0.",)


def test_what_gets_through_is_in_the_ledger_and_what_does_not_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    order, other = shop.order(), shop.order()

    assert door.through(source.reference(LAB.name, "verify"), order)
    assert not door.through(lambda *_: 1 / 0, other)

    assert "your gateway answered 200\nyour gateway answered 500" in capsys.readouterr().out
    accepted = Ledger.default().accepted()
    assert event_id(order["id"]) in accepted
    assert event_id(other["id"]) not in accepted


def test_a_pulled_cable_loses_what_was_answered_too_early_and_nothing_else() -> None:
    async def forget(producer: AIOKafkaProducer, record: Record) -> None:
        await producer.send(record.topic, value=record.value, key=record.key)

    naive, right = door.pull_the_cable(forget), door.pull_the_cable(source.reference(LAB.name, "send"))

    assert (naive.tone, naive.table[2]) == (Tone.BAD, ("second", "pulled", "200", "no"))
    assert (right.tone, right.table[2]) == (Tone.GOOD, ("second", "pulled", "503, then 200", "yes"))


def test_a_comparison_is_timed_at_five_points() -> None:
    assert [row[0] for row in door.clock_comparison(str.__eq__, "==").table[1:]] == ["0", "16", "32", "48", "64"]


def test_a_gateway_of_ones_own_is_silent_and_leaves_logging_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    with own_gateway.serving("lab02.", verify=lambda *_: None) as own:
        assert own.post(b"no event", None).status == httpx.codes.BAD_REQUEST
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("exercise", ["verify", "route", "read_header"])
def test_kafka_being_down_is_not_the_learners_fault(monkeypatch: pytest.MonkeyPatch, exercise: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    found = verdict(exercise, source.reference(LAB.name, exercise))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.SERVER), found.message
    assert "Kafka does not answer" in found.message


def test_another_secret_than_the_gateways_is_stale_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_another_clone")
    found = verdict("twice", source.reference(LAB.name, "twice"))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.STATE), found.message
