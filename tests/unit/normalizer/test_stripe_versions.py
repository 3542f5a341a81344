"""One payment of 20 euros by card, as the webhooks of different API versions tell of it, and what must come out.

The shapes are cut down to what changed and what we read. Source: https://docs.stripe.com/changelog, the page of the
version that is named.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.contracts.events import UnifiedEvent

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "data" / "stripe_fixtures.json"

DETAILS = {"type": "card", "card": {"brand": "amex", "last4": "0005", "country": "FR", "funding": "credit"}}
CARD = {"object": "card", "id": "card_1", "brand": "American Express", "last4": "0005", "country": "FR", "name": None}
CARD_BEFORE_2014_06_13 = {"type": "American Express", **{k: v for k, v in CARD.items() if k != "brand"}}
SOURCE = {"object": "source", "id": "src_1", "type": "card", "card": {"brand": "American Express", "last4": "0005"}}
MONEY = {"amount": 2000, "currency": "eur", "customer": "cus_1", "metadata": {}}
CHARGE = {"object": "charge", "id": "ch_1", "paid": True, "status": "succeeded", **MONEY}
INTENT = {"object": "payment_intent", "id": "pi_1", "status": "succeeded", **MONEY}
REFUND = {"object": "refund", "id": "re_1", "amount": 2000, "currency": "eur", "status": "succeeded", "charge": "ch_1"}
DISPUTE = {"object": "dispute", "id": "dp_1", "amount": 2000, "currency": "eur", "charge": "ch_1", "reason": "general"}
DISPUTE = {**DISPUTE, "status": "needs_response", "is_charge_refundable": False, "evidence": {}, "metadata": {}}

AMEX = ("card", "amex", "0005")
UNKNOWN = (None, None, None)

# what it shows: (object, payment intent, charge, method, status)
SHAPES: dict[str, tuple[dict[str, Any], str | None, str | None, tuple[str | None, ...], str]] = {
    # payment intents
    "2026-08-21 latest_charge is an id": (
        {**INTENT, "latest_charge": "ch_1", "payment_method": "pm_1", "payment_method_types": ["card"]},
        "pi_1", "ch_1", ("card", None, None), "succeeded",
    ),
    "2026-08-21 several methods are allowed and nobody has paid yet": (
        {**INTENT, "latest_charge": None, "payment_method_types": ["card", "link"],
         "status": "requires_payment_method"},
        "pi_1", None, UNKNOWN, "requires_payment_method",
    ),
    "2026-08-21 the customer is an account": (
        {**INTENT, "customer": None, "customer_account": "cus_1", "latest_charge": "ch_1"},
        "pi_1", "ch_1", UNKNOWN, "succeeded",
    ),
    "2022-11-15 latest_charge and customer are expanded": (
        {**INTENT, "latest_charge": {**CHARGE, "payment_method_details": DETAILS}, "customer": {"id": "cus_1"}},
        "pi_1", "ch_1", AMEX, "succeeded",
    ),
    "2022-11-15 the payment method is expanded": (
        {**INTENT, "latest_charge": "ch_1", "payment_method": {"id": "pm_1", "object": "payment_method", **DETAILS}},
        "pi_1", "ch_1", AMEX, "succeeded",
    ),
    "2020-08-27 a list of charges, latest first": (
        {**INTENT, "charges": {"object": "list", "data": [{**CHARGE, "payment_method_details": DETAILS},
                                                          {"id": "ch_0", "object": "charge"}]}},
        "pi_1", "ch_1", AMEX, "succeeded",
    ),
    "2020-08-27 an empty list of charges": (
        {**INTENT, "charges": {"object": "list", "data": []}, "status": "requires_confirmation"},
        "pi_1", None, UNKNOWN, "requires_confirmation",
    ),
    "2020-08-27 failed: the error has charge and payment method": (
        {**INTENT, "charges": {"data": []}, "status": "requires_payment_method",
         "last_payment_error": {"code": "card_declined", "charge": "ch_1", "payment_method": DETAILS}},
        "pi_1", "ch_1", AMEX, "requires_payment_method",
    ),
    "2018-11-08 source, allowed_source_types and their statuses": (
        {**INTENT, "source": CARD, "allowed_source_types": ["card"], "charges": {"data": []},
         "status": "requires_source_action"},
        "pi_1", None, AMEX, "requires_action",
    ),
    "2018-11-08 failed: the error has a source": (
        {**INTENT, "source": None, "allowed_source_types": ["card"], "status": "requires_source",
         "last_payment_error": {"code": "card_declined", "charge": "ch_1", "source": SOURCE}},
        "pi_1", "ch_1", AMEX, "requires_payment_method",
    ),
    "2018-11-08 nothing but what is allowed": (
        {**INTENT, "source": "src_1", "allowed_source_types": ["card"], "charges": {"data": []},
         "status": "requires_source"},
        "pi_1", None, ("card", None, None), "requires_payment_method",
    ),
    # charges
    "2026-08-21 a charge of a payment intent": (
        {**CHARGE, "payment_intent": "pi_1", "payment_method_details": DETAILS, "source": None},
        "pi_1", "ch_1", AMEX, "succeeded",
    ),
    "2022-11-15 the payment intent of a charge is expanded": (
        {**CHARGE, "payment_intent": INTENT, "payment_method_details": DETAILS},
        "pi_1", "ch_1", AMEX, "succeeded",
    ),
    "2022-08-01 a refunded charge with its list of refunds": (
        {**CHARGE, "payment_method_details": DETAILS, "amount_refunded": 2000, "refunded": True,
         "refunds": {"object": "list", "data": [REFUND]}},
        None, "ch_1", AMEX, "succeeded",
    ),
    "2018-11-08 a card as source": ({**CHARGE, "source": CARD}, None, "ch_1", AMEX, "succeeded"),
    "2018-11-08 a source with a card": ({**CHARGE, "source": SOURCE}, None, "ch_1", AMEX, "succeeded"),
    "2018-11-08 a bank account as source": (
        {**CHARGE, "source": {"object": "bank_account", "id": "ba_1", "last4": "6789", "country": "US"},
         "status": "pending"},
        None, "ch_1", ("bank_account", None, None), "pending",
    ),
    "2015-02-16 card and source, and paid for succeeded": (
        {**CHARGE, "status": "paid", "card": CARD, "source": CARD}, None, "ch_1", AMEX, "succeeded",
    ),
    "2015-01-26 card alone": ({**CHARGE, "status": "paid", "card": CARD}, None, "ch_1", AMEX, "succeeded"),
    "2014-05-19 a card's brand is its type": (
        {**CHARGE, "status": "paid", "card": CARD_BEFORE_2014_06_13}, None, "ch_1", AMEX, "succeeded",
    ),
    # refunds and disputes
    "2024-10-28 refund.created with payment intent": (
        {**REFUND, "payment_intent": "pi_1"}, "pi_1", "ch_1", UNKNOWN, "succeeded",
    ),
    "2024-10-28 a refund of a payment without a charge": (
        {**REFUND, "charge": None, "payment_intent": "pi_1", "status": "requires_action"},
        "pi_1", None, UNKNOWN, "requires_action",
    ),
    "2022-11-15 the charge of a refund is expanded": (
        {**REFUND, "charge": CHARGE, "payment_intent": None}, None, "ch_1", UNKNOWN, "succeeded",
    ),
    "2018-11-08 a refund without payment intent": (REFUND, None, "ch_1", UNKNOWN, "succeeded"),
    "2026-08-21 a dispute tells of intent and card": (
        {**DISPUTE, "payment_intent": "pi_1",
         "payment_method_details": {"type": "card", "card": {"brand": "amex", "case_type": "inquiry"}}},
        "pi_1", "ch_1", ("card", "amex", None), "needs_response",
    ),
    "2022-11-15 charge and intent of a dispute are expanded": (
        {**DISPUTE, "charge": CHARGE, "payment_intent": INTENT}, "pi_1", "ch_1", UNKNOWN, "needs_response",
    ),
    "2018-11-08 a dispute names its charge alone": (DISPUTE, None, "ch_1", UNKNOWN, "needs_response"),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_an_event_of_any_api_version_is_unified(unified: Callable[..., UnifiedEvent], shape: str) -> None:
    subject, payment_intent_id, charge_id, method, status = SHAPES[shape]
    event = unified(event={"data": {"object": subject}, "api_version": shape[:10]})
    assert (event.payment_intent_id, event.charge_id) == (payment_intent_id, charge_id)
    assert (event.payment_method_type, event.card_brand, event.card_last_four) == method
    assert (event.status, event.amount_cents, event.currency) == (status, 2000, "EUR")
    assert event.customer_id == ("cus_1" if "customer" in subject else None)


@pytest.mark.parametrize(
    ("in_source", "brand"),
    [
        ("Visa", "visa"),
        ("MasterCard", "mastercard"),
        ("American Express", "amex"),
        ("Diners Club", "diners"),
        ("JCB", "jcb"),
        ("Unknown", "unknown"),
        (None, None),
    ],
)
def test_a_brand_of_old_is_the_brand_of_today(
    unified: Callable[..., UnifiedEvent], in_source: str | None, brand: str | None
) -> None:
    assert unified(source={**CARD, "brand": in_source}).card_brand == brand


@pytest.mark.parametrize(
    ("event", "merchant_id"),
    [({"account": "acct_1"}, "acct_1"), ({"user_id": "acct_1"}, "acct_1"), ({}, "acct_platform")],
)
def test_connect_events_named_their_account_user_id_before_2017_05_25(
    unified: Callable[..., UnifiedEvent], event: dict[str, str], merchant_id: str
) -> None:
    assert unified(event=event).merchant_id == merchant_id


@pytest.mark.parametrize("kind", ["charge", "payment_intent", "refund", "dispute"])
def test_stripes_own_example_is_unified(unified: Callable[..., UnifiedEvent], kind: str) -> None:
    if not FIXTURES.exists():
        pytest.skip(f"Stripe's example objects ({FIXTURES.name}) are not beside the clone")
    example = json.loads(FIXTURES.read_bytes())[kind]
    event = unified(kind, event={"data": {"object": example}})
    assert (event.amount_cents, event.currency, event.customer_id) == (example["amount"], "USD", None)
    assert (event.status, event.merchant_id, event.metadata) == (example["status"], "acct_platform", {})
    assert event.payment_method_type == (None if kind == "refund" else "card")
