"""The checks against the live servers: the stub is not attempted, the reference passes, each wrong answer fails."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from labkit import source, todo
from labkit.lab import Lab
from labkit.labs.preflight import LAB, shop
from labkit.outcome import Fault, Outcome, Verdict
from labkit.platform import Platform
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.servers import bronze
from services.contracts.events import event_id
from services.simulator.client import send

from .wrong_answers import PAYMENT_SQL, SIGN, TAMPER

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("pipeline")]

# The check sends an accepted order for each answer that is not refused on sight; these are refused by the gateway.
REFUSED = ("another secret", "milliseconds in t", "no dot", "base64", "without whsec_", "hex alone", "a line break")


def verdict(exercise: str, answer: Callable[..., Any]) -> Verdict:
    lab = Lab(LAB, progress=Progress(progress_file()), results=Results([], None), show=lambda _: None)
    lab.exercise(exercise)(answer)
    return lab.check(exercise)


@pytest.fixture(scope="module")
def loaded(pipeline: object) -> None:  # noqa: ARG001 - asked for its servers
    """A payment in each of the shop's currencies, in the lakehouse."""
    orders = [shop.order(currency) for currency in shop.PRICES]
    assert asyncio.run(send(orders)).ok
    bronze.wait_for([event_id(order["id"]) for order in orders])
    Platform(say=lambda _: None).batch()


@pytest.mark.parametrize("exercise", [exercise.name for exercise in LAB.exercises])
@pytest.mark.usefixtures("loaded")
def test_the_stub_is_not_attempted_and_the_reference_passes(exercise: str) -> None:
    assert verdict(exercise, lambda *_: todo()).outcome is Outcome.NOT_ATTEMPTED

    passed = verdict(exercise, source.reference(LAB.name, exercise))

    assert passed.outcome is Outcome.PASSED, passed.message
    assert passed.evidence


@pytest.mark.parametrize("name", REFUSED)
def test_the_live_gateway_refuses_a_wrong_signature_and_the_check_says_why(name: str) -> None:
    answer, part = SIGN[name]
    failed = verdict("sign", answer)

    assert (failed.outcome, failed.fault) == (Outcome.FAILED, Fault.CODE)
    assert part in failed.message


@pytest.mark.parametrize("name", TAMPER)
def test_a_wrong_tampering_is_told_before_anything_is_sent(name: str) -> None:
    answer, part = TAMPER[name]
    failed = verdict("tamper", answer)

    assert failed.outcome is Outcome.FAILED
    assert part in failed.message


@pytest.mark.parametrize("name", PAYMENT_SQL)
@pytest.mark.usefixtures("loaded")
def test_a_wrong_query_fails_with_its_own_message(name: str) -> None:
    answer, part = PAYMENT_SQL[name]
    failed = verdict("payment_sql", answer)

    assert (failed.outcome, failed.fault) == (Outcome.FAILED, Fault.CODE)
    assert part in failed.message


@pytest.mark.parametrize(
    ("exercise", "variable", "address", "server"),
    [
        ("sign", "GATEWAY_URL", "http://127.0.0.1:9", "the gateway does not answer"),
        ("tamper", "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9", "Kafka does not answer"),
        ("payment_sql", "POSTGRES_PORT", "9", "PostgreSQL does not answer"),
        ("payment_sql", "TRINO_PORT", "9", "Trino does not answer"),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_a_server_that_is_down_is_not_the_learners_fault(
    monkeypatch: pytest.MonkeyPatch, exercise: str, variable: str, address: str, server: str
) -> None:
    monkeypatch.setenv(variable, address)
    found = verdict(exercise, source.reference(LAB.name, exercise))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.SERVER)
    assert server in found.message
