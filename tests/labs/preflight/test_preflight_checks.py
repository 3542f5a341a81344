"""What is not the learner's fault, and what of it the notebook says outside of its checks."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from labkit import source
from labkit.errors import QueryRefusedError
from labkit.lab import Lab
from labkit.labs.preflight import LAB, delivery, shop
from labkit.outcome import Fault, Outcome, Verdict
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.servers import warehouse
from services.contracts.settings import Stripe

from .wrong_answers import SIGN, prepare

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("pipeline")]


@pytest.fixture(scope="module", autouse=True)
def _loaded(pipeline: object) -> None:  # noqa: ARG001 - asked for its servers
    prepare()


def verdict(exercise: str, answer: Callable[..., Any]) -> Verdict:
    lab = Lab(LAB, progress=Progress(progress_file()), results=Results([], None), show=lambda _: None)
    lab.exercise(exercise)(answer)
    return lab.check(exercise)


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
def test_a_server_that_is_down_is_not_the_learners_fault(
    monkeypatch: pytest.MonkeyPatch, exercise: str, variable: str, address: str, server: str
) -> None:
    monkeypatch.setenv(variable, address)
    found = verdict(exercise, source.reference(LAB.name, exercise))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.SERVER)
    assert server in found.message
