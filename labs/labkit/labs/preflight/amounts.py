"""What can be wrong with the answer of a query for one payment's amount. Content is judged; names are advice."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from labkit.servers.warehouse import Answer

AMOUNT_AND_CURRENCY = 2
_UNNAMED = "_col"


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


def advice(answer: Answer) -> str:
    """Return what to say of a right answer whose amount or currency has no name, or an empty string."""
    if not any(name.startswith(_UNNAMED) for name in answer.columns):
        return ""
    return f"; a column without a name is called {_UNNAMED}0, so name it: `… AS amount`"


def _wrong_shape(answer: Answer) -> str | None:
    if not answer.rows:
        return "the query returned no row; `event_id` reaches `payment_sql` as the lakehouse has it: `stripe:evt_…`"
    if len(answer.rows) > 1:
        return "the query returned more than one row; ask for this one event"
    if (found := len(answer.columns)) != AMOUNT_AND_CURRENCY:
        return f"{found} column{'s' * (found != 1)}; asked for were two, the amount and the currency"
    return None


def _wrong_content(answer: Answer, payment: Payment, others: Iterable[Payment]) -> str | None:
    cells = list(zip(answer.rows[0], answer.types, strict=True))
    if _is_text(answer.types[0]) and not _is_text(answer.types[1]):
        cells.reverse()  # The order of the two does not matter.
    (amount, type_), (currency, _) = cells
    if any((amount, currency) == (other.amount, other.currency) for other in others):
        return "this is another payment: the query must use the `event_id` that it is given"
    if currency != payment.currency:
        return f"the currency is {currency}; bronze has {payment.currency}"
    if amount == payment.amount_cents != payment.amount:
        return "this is the integer that Stripe sends, in the smallest unit; asked for were major units"
    if not type_.startswith("decimal"):
        return f"the amount is a {type_}; money is exact and has decimals, so it must be a decimal"
    return None if amount == payment.amount else _wrong_amount(amount, payment)


def _is_text(type_: str) -> bool:
    return type_.startswith(("varchar", "char"))


def _wrong_amount(amount: Decimal, payment: Payment) -> str:
    if amount == Decimal(payment.amount_cents).scaleb(-2):
        decimals = "no decimals" if payment.amount == payment.amount_cents else "three decimals"
        return f"the amount was divided by 100, but {payment.currency} has {decimals}; the table knows better"
    return f"the amount is {amount}; bronze has {payment.amount.normalize():f}"
