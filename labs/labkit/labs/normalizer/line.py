"""The real normalizer with a learner's rules in it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from labkit.labs.normalizer import payments
from labkit.panel import Panel, Tone
from labkit.servers import own_normalizer
from services.contracts.events import UnifiedEvent
from services.contracts.topics import Header
from services.normalizer import money, normalization, text
from services.normalizer.decoding import decode
from services.normalizer.normalization import Normalize
from services.normalizer.payments import payment_of

MajorUnits = Callable[[int, str], Any]
Clean = Callable[[str | None], Any]


def _platforms_clean(customer: str | None) -> str | None:
    return text.optional_text("data.object.customer", customer)


def with_rules(major_units: MajorUnits = money.major_units, clean: Clean = _platforms_clean) -> Normalize:
    """Return the normalizer's own function with these rules for the amount and for the customer's id."""

    def normalize(raw: bytes, *, platform_account_id: str, normalized_at: datetime) -> UnifiedEvent:
        payment = payment_of(decode(raw).data.object)
        amount: Decimal = major_units(payment.amount, payment.currency.upper())
        customer: str | None = clean(payment.customer_id)
        event = normalization.normalize(raw, platform_account_id=platform_account_id, normalized_at=normalized_at)
        return msgspec.structs.replace(event, amount=amount, customer_id=customer)

    return normalize


def show(major_units: MajorUnits, clean: Clean) -> Panel:
    """Run the real normalizer with these rules over a few charges and show what came out, and where.

    Raises:
        ServerDownError: Kafka does not answer.
    """
    charges = [
        payments.charge(1_999, "usd", customer="cus_lab1"),
        payments.charge(4_200, "jpy", customer="N/A"),
        payments.charge(13_370, "kwd", customer=" cus_lab2 "),
        payments.charge(500, "isk", customer=None),
        payments.charge(100, "xqq", customer="cus_lab3"),
        payments.charge(15.9, "usd", customer="cus_lab4"),
        payments.charge(None, "usd", customer="null"),
    ]
    found = own_normalizer.run([msgspec.json.encode(one) for one in charges], with_rules(major_units, clean))
    # As it stands in the record: a rule may have made of it what is no unified event at all.
    unified = [msgspec.json.decode(one.value or b"null") for one in found.normalized]
    came_out = {event["provider_event_id"]: event for event in unified}
    dead = {msgspec.json.decode(one.value or b"null")["id"]: dict(one.headers) for one in found.dead}
    rows = []
    for one in charges:
        subject = one["data"]["object"]
        sent = (f"{subject['amount']} {subject['currency']}", repr(subject["customer"]))
        if event := came_out.get(one["id"]):
            rows.append(("✓", *sent, f"{event['amount']} {event['currency']}", repr(event["customer_id"])))
        else:
            rows.append(("✗", *sent, "dead letter", dead[one["id"]][Header.ERROR_MESSAGE].decode()))
    table = (("", "amount", "customer", "came out", "customer, or what was wrong"), *rows)
    return Panel("Seven charges through the real normalizer", Tone.INFO, table=table)
