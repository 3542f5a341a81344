"""The check of the audit: an order that Stripe sends twice and no batch loaded, and an entry too many."""

import time

import msgspec

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.preflight import books, delivery, loaded, shop
from labkit.labs.preflight.books import Case
from labkit.servers import bronze, gateway, warehouse
from labkit.spec import Passed
from services.contracts.events import event_id
from services.contracts.settings import Stripe
from services.simulator.signing import sign

HTTP_OK = 200


def audit(attempt: Attempt) -> Passed:
    """Compare what the sender's ledger and the marts really hold with what the learner's audit says of it."""
    attempt.written()
    [usd, jpy, kwd] = loaded.payments()
    fresh = _sent_twice()
    booked = _booked([usd, jpy, kwd, fresh])
    now = Case(accepted=[usd, jpy, fresh, fresh], booked=booked)
    # As if the batch that books the fresh order had run twice for another.
    later = Case(accepted=now.accepted, booked=[*booked, fresh, jpy])
    for case in (now, later):
        given = list(case.accepted), list(case.booked)
        answer = attempt(*given)
        if given != (list(case.accepted), list(case.booked)):
            raise WrongAnswerError("`audit` changed a list that it was given: the books are not yours")
        if mistake := books.mistake(answer, case):
            raise WrongAnswerError(mistake, evidence={"in bronze, not in Iceberg yet": fresh})
    return Passed(
        "your audit finds what waits for the batch and what would be counted twice, and nothing else",
        {"sent twice, accepted twice": fresh, "bronze": "1 row", "fct_payments": "no row before the next batch"},
    )


def _sent_twice() -> str:
    """Deliver one order twice, as Stripe does if an answer gets lost; return its id when bronze has it, once."""
    order, secret = shop.order(), Stripe().webhook_secret.get_secret_value()
    body = msgspec.json.encode(order)
    for _ in range(2):
        answer = gateway.deliver(order, body, sign(body, secret, int(time.time())))
        if answer.status != HTTP_OK:
            raise delivery.other_secret(answer, "the order is signed rightly")
    one = event_id(order["id"])
    bronze.wait_for([one], say=lambda _: None)
    return one


def _booked(ids: list[str]) -> list[str]:
    """Return which of these ids fct_payments has, once for each row, in the order of `ids`."""
    names = ", ".join(f"'{one}'" for one in ids)
    found = [row[0] for row in warehouse.query(f"SELECT event_id FROM fct_payments WHERE event_id IN ({names})").rows]  # noqa: S608 - our own ids
    if len(set(found)) != len(found):
        raise LabError("fct_payments has a payment twice, which its own tests exclude")
    return sorted(found, key=ids.index)
