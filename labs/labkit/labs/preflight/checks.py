"""The checks of this lab. Each asks the servers; what the answer got wrong is told apart by the pure modules beside."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec

from labkit.attempt import Attempt
from labkit.errors import LabError, QueryRefusedError, WrongAnswerError
from labkit.labs.preflight import amounts, changes, delivery, header, loaded, queries, shop
from labkit.servers import gateway, topics, warehouse
from labkit.spec import Passed
from services.contracts import topics as names
from services.contracts.settings import Stripe
from services.simulator.client import send
from services.simulator.events import StripeEvent
from services.simulator.signing import sign as reference_sign

IN_THE_SIMULATOR = 5
EVERYWHERE = (*names.WEBHOOKS, names.UNROUTED, names.WEBHOOK_DLQ)


def sign(attempt: Attempt) -> Passed:
    """Send an order with the learner's header through the live gateway, and look for it in Kafka."""
    event, now = shop.order(), int(time.time())
    body, secret = msgspec.json.encode(event), Stripe().webhook_secret.get_secret_value()
    made = attempt(body, secret, now)
    mistake = header.mistake(made, body, secret, now)
    if not delivery.sendable(made):
        raise WrongAnswerError(mistake or "the header has unprintable characters")
    before = topics.end_offsets([names.PAYMENT_INTENT])
    answer = gateway.deliver(event, body, made)
    if answer.status != httpx.codes.OK:
        if mistake is None:
            raise delivery.other_secret(answer)
        raise WrongAnswerError(mistake, evidence={"gateway": str(answer)})
    position = _find(event, before)
    if position is None:
        raise LabError(f"the gateway answered 200, but {names.PAYMENT_INTENT} does not hold {event['id']}")
    return Passed(
        "the gateway answered 200 to your signature, and Kafka holds the event",
        {"event": event["id"], "Kafka": str(position), "inside the simulator": _accepted_by_simulator(attempt)},
    )


def tamper(attempt: Attempt) -> Passed:
    """Send a tampered order with the signature of the true one, then the true one, and compare what Kafka kept."""
    event, now = shop.order(), int(time.time())
    body = msgspec.json.encode(event)
    changed = attempt(body)
    if mistake := changes.mistake(body, changed):
        raise WrongAnswerError(mistake)
    signature = reference_sign(body, Stripe().webhook_secret.get_secret_value(), now)
    before = topics.end_offsets(EVERYWHERE)
    refused = gateway.deliver(event, changed, signature)
    if refused.status == httpx.codes.OK:
        raise LabError("the gateway accepted a body that was not signed")
    if position := _find(event, before):
        raise LabError(f"the gateway refused the event and kept it all the same: {position}")
    accepted = gateway.deliver(event, body, signature)
    position = _find(event, before)
    if accepted.status == httpx.codes.BAD_REQUEST:
        raise delivery.other_secret(accepted, "the untouched body is signed rightly")
    if accepted.status != httpx.codes.OK or position is None:
        raise LabError(f"the untouched body was not accepted either: {accepted}")
    return Passed(
        "one byte made the difference: the tampered body is in no topic, the true one is, under the same signature",
        {
            "tampered": str(refused),
            "topics looked at": ", ".join(EVERYWHERE),
            "untouched": f"{accepted.status}; {position}",
        },
    )


def payment_sql(attempt: Attempt) -> Passed:
    """Run the learner's query for a payment in each kind of currency, and compare each answer with bronze."""
    payments = loaded.payments()
    evidence = {}
    for event_id, payment in payments.items():
        sql = attempt(event_id)
        if mistake := queries.mistake(sql, event_id):
            raise WrongAnswerError(mistake, evidence={"query": str(sql)})
        try:
            answer = warehouse.query(sql)
        except QueryRefusedError as error:
            message = queries.why_refused(sql, event_id) or error.message
            raise WrongAnswerError(message, evidence={"query": sql, "Trino": error.message}) from None
        others = [other for other in payments.values() if other != payment]
        if mistake := amounts.mistake(answer, payment, others):
            raise WrongAnswerError(mistake, evidence={"asked for": event_id})
        evidence[event_id] = (
            f"{payment.amount.normalize():f} {payment.currency}, as in bronze{loaded.snapshot(event_id)}"
        )
    return Passed(f"Trino, Iceberg and PostgreSQL agree on every amount{amounts.advice(answer)}", evidence)


def _find(event: StripeEvent, since: topics.Offsets) -> topics.Position | None:
    return topics.find(since, lambda value: event["id"].encode() in value)


def _accepted_by_simulator(attempt: Attempt) -> str:
    """Let the real simulator sign some orders with the learner's function, and return how many got in."""
    orders = [shop.order() for _ in range(IN_THE_SIMULATOR)]
    with ThreadPoolExecutor(max_workers=1) as pool:  # a notebook's own thread already runs an event loop
        sent = pool.submit(lambda: asyncio.run(send(orders, sign=attempt))).result()
    if sent.unanswered:
        delivery.expect_all(sent)
    if sent.refused:
        raise WrongAnswerError(
            f"one order got in, and of {len(orders)} that the simulator sent with `sign` only {sent.accepted.total()}",
            try_next="does `sign` depend on anything but its arguments?",
            evidence={"gateway": ", ".join(sent.refused)},
        )
    return f"{sent.accepted.total()} of {len(orders)} orders accepted, each signed by your function"
