"""The checks against the live servers: the stub is not attempted, the reference passes, each wrong answer fails."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from labkit import source, todo
from labkit.errors import QueryRefusedError
from labkit.lab import Lab
from labkit.labs.preflight import LAB, delivery, shop
from labkit.outcome import Fault, Outcome, Verdict
from labkit.platform import Platform
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.servers import bronze, warehouse
from services.contracts.events import event_id
from services.contracts.settings import Stripe
from services.simulator.client import send

from .wrong_answers import PAYMENT_SQL, PAYMENT_SQL_RIGHT, SIGN, TAMPER

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
    assert failed.try_next == "`lab.hint('payment_sql')`"


@pytest.mark.parametrize("name", PAYMENT_SQL_RIGHT)
@pytest.mark.usefixtures("loaded")
def test_a_query_may_be_written_in_another_way(name: str) -> None:
    passed = verdict("payment_sql", PAYMENT_SQL_RIGHT[name])

    assert passed.outcome is Outcome.PASSED, passed.message
    assert ("name it" in passed.message) == (name == "a sum")


@pytest.mark.parametrize("exercise", ["sign", "tamper"])
def test_another_secret_than_the_gateways_is_not_the_learners_fault(
    monkeypatch: pytest.MonkeyPatch, exercise: str
) -> None:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_another_clone")
    found = verdict(exercise, source.reference(LAB.name, exercise))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.STATE)
    assert "but the gateway has another secret than this kernel" in found.message
    assert "STRIPE_WEBHOOK_SECRET" in found.try_next


@pytest.mark.parametrize("name", ["nothing returned", "raises", "a line break", "no dot"])
def test_a_wrong_signature_of_ones_own_order_is_said_and_the_notebook_goes_on(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    order, answer = shop.order(), SIGN[name][0]

    assert not delivery.deliver(order, msgspec.json.encode(order), answer, Stripe().webhook_secret)
    assert "Your order is not in the platform" in capsys.readouterr().out


def test_a_right_signature_of_ones_own_order_is_not_blamed_for_another_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_another_clone")
    order, sign = shop.order(), source.reference(LAB.name, "sign")

    assert not delivery.deliver(order, msgspec.json.encode(order), sign, Stripe().webhook_secret)
    assert "Mend `sign`" not in capsys.readouterr().out


def test_a_faulty_query_gets_trinos_words_and_nothing_else() -> None:
    with pytest.raises(QueryRefusedError, match=r"mismatched input 'SELEC'\.$") as caught:
        warehouse.query("SELEC 1")

    assert caught.value.__suppress_context__


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
