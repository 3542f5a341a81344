"""What can be wrong with the answer of a query for one payment's amount."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from labkit.servers.warehouse import Answer


@dataclass(frozen=True)
class Payment:
    """A payment as bronze has it: `amount_cents` in the currency's smallest unit, `amount` exact, in major units."""

    event_id: str
    amount_cents: int
    currency: str
    amount: Decimal


def mistake(answer: Answer, payment: Payment, others: Iterable[Payment]) -> str | None:
    """Return what is wrong with an answer, None if nothing is. `others` are payments that it must not be about."""
    return _wrong_shape(answer) or _wrong_content(answer, payment, others)


def _wrong_shape(answer: Answer) -> str | None:
    if not answer.rows:
        return "the query returned no row; `event_id` reaches `payment_sql` as the lakehouse has it: `stripe:evt_…`"
    if len(answer.rows) > 1:
        return "the query returned more than one row; ask for this one event"
    if list(answer.columns) != ["amount", "currency"]:
        return f"the columns are {', '.join(answer.columns)}; asked for were amount, currency"
    return None


def _wrong_content(answer: Answer, payment: Payment, others: Iterable[Payment]) -> str | None:
    amount, currency = answer.rows[0]
    if any((amount, currency) == (other.amount, other.currency) for other in others):
        return "this is another payment: the query must use the `event_id` that it is given"
    if currency != payment.currency:
        return f"the currency is {currency}; bronze has {payment.currency}"
    if amount == payment.amount_cents != payment.amount:
        return "this is the integer that Stripe sends, in the smallest unit; asked for were major units"
    if not answer.types[0].startswith("decimal"):
        return f"the amount is a {answer.types[0]}; money is exact, so it must be a decimal"
    return None if amount == payment.amount else _wrong_amount(amount, payment)


def _wrong_amount(amount: Decimal, payment: Payment) -> str:
    if amount == Decimal(payment.amount_cents).scaleb(-2):
        return (
            f"the amount was divided by 100, but {payment.currency} does not have two decimals; the table knows better"
        )
    return f"the amount is {amount}; bronze has {payment.amount.normalize():f}"
