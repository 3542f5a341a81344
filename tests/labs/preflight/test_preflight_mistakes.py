"""Every wrong answer has its own message; told from the answer alone, without servers."""

import hashlib
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from labkit import source
from labkit.attempt import Attempt
from labkit.errors import CheckError, ServerDownError, StaleStateError, WrongAnswerError
from labkit.labs.preflight import amounts, changes, delivery, header, shop
from labkit.labs.preflight.amounts import Payment
from labkit.servers.warehouse import Answer
from services.simulator.summary import Summary

from .wrong_answers import SIGN, TAMPER

SECRET = "whsec_for_these_tests"
NOW = 1_767_225_600
BODY = msgspec.json.encode(shop.order())
PAYMENTS = {
    "usd": Payment("stripe:evt_1", 4200, "USD", Decimal("42.0000")),
    "jpy": Payment("stripe:evt_2", 4200, "JPY", Decimal("4200.0000")),
    "kwd": Payment("stripe:evt_3", 13370, "KWD", Decimal("13.3700")),
}


def what_is_wrong_with_header(answer: Callable[..., Any]) -> str:
    try:
        return header.mistake(Attempt("sign", answer)(BODY, SECRET, NOW), BODY, SECRET, NOW) or ""
    except WrongAnswerError as error:
        return error.message


@pytest.mark.parametrize("name", SIGN)
def test_each_wrong_signature_gets_its_own_message(name: str) -> None:
    answer, part = SIGN[name]
    message = what_is_wrong_with_header(answer)

    assert part in message
    assert SECRET not in message
    assert hashlib.sha256(SECRET.encode()).hexdigest() not in message


def test_the_references_have_nothing_wrong() -> None:
    assert what_is_wrong_with_header(source.reference("00_preflight", "sign")) == ""
    assert changes.mistake(BODY, source.reference("00_preflight", "tamper")(BODY)) is None


@pytest.mark.parametrize("name", TAMPER)
def test_each_wrong_tampering_gets_its_own_message(name: str) -> None:
    answer, part = TAMPER[name]

    assert part in (changes.mistake(BODY, answer(BODY)) or "")


@pytest.mark.parametrize(
    ("type_", "amount", "currency", "asked", "part"),
    [
        ("decimal(20,4)", Decimal("42.0000"), "USD", "jpy", "another payment"),
        ("bigint", 4200, "USD", "usd", "the integer that Stripe sends"),
        ("bigint", 4200, "JPY", "jpy", "the amount is a bigint"),
        ("double", 13.37, "KWD", "kwd", "the amount is a double"),
        ("decimal(21,2)", Decimal("133.70"), "KWD", "kwd", "divided by 100, but KWD"),
        ("decimal(21,2)", Decimal("43.00"), "USD", "usd", "the amount is 43.00; bronze has 42"),
        ("decimal(20,4)", Decimal("42.0000"), "EUR", "usd", "the currency is EUR"),
    ],
)
def test_each_wrong_amount_gets_its_own_message(
    type_: str, amount: object, currency: str, asked: str, part: str
) -> None:
    answer = Answer(["amount", "currency"], [type_, "varchar"], [[amount, currency]])
    others = [payment for name, payment in PAYMENTS.items() if name != asked]

    assert part in (amounts.mistake(answer, PAYMENTS[asked], others) or "")


@pytest.mark.parametrize(("column", "named"), [("paid", True), ("_col0", False)])
def test_names_are_advice_and_no_condition(column: str, *, named: bool) -> None:
    answer = Answer([column, "currency"], ["decimal(38,4)", "varchar"], [[Decimal("42.0000"), "USD"]])

    assert amounts.mistake(answer, PAYMENTS["usd"], []) is None
    assert (amounts.advice(answer) == "") == named


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (Summary(unanswered=Counter({"ConnectError": 2})), ServerDownError),
        (Summary(refused=Counter({"400": 1})), StaleStateError),
    ],
)
def test_orders_that_did_not_get_in_end_the_cell_with_a_remedy(sent: Summary, error: type[CheckError]) -> None:
    with pytest.raises(error, match=r"→ .*run (this|the first) cell again"):
        delivery.expect_all(sent)


def test_orders_that_got_in_say_nothing() -> None:
    delivery.expect_all(Summary(accepted=Counter({"payment_intent.succeeded": 3})))


def test_the_right_amount_is_right_whatever_its_scale() -> None:
    answer = Answer(["amount", "currency"], ["decimal(20,4)", "varchar"], [[Decimal("13.37"), "KWD"]])

    assert amounts.mistake(answer, PAYMENTS["kwd"], []) is None
