"""The checks of this lab. Each asks the servers; what the answer got wrong is told apart by the pure modules beside."""

import time
from collections.abc import Mapping

import httpx
import msgspec

from labkit.attempt import Attempt
from labkit.errors import LabError, OutOfOrderError, QueryRefusedError, StaleStateError, WrongAnswerError
from labkit.labs.preflight import amounts, changes, delivery, header, queries, shop
from labkit.labs.preflight.amounts import Payment
from labkit.servers import bronze, gateway, topics, warehouse
from labkit.spec import Passed
from services.contracts import topics as names
from services.contracts.settings import Stripe
from services.simulator.events import StripeEvent
from services.simulator.signing import sign as reference_sign

HINT = "`lab.hint('payment_sql')`"
EVERYWHERE = (*names.WEBHOOKS, names.UNROUTED, names.WEBHOOK_DLQ)


def sign(attempt: Attempt) -> Passed:
    """Send an order with the learner's header through the live gateway, and look for it in Kafka."""
    event, now = shop.order(), int(time.time())
    body, secret = msgspec.json.encode(event), Stripe().webhook_secret.get_secret_value()
    made = attempt(body, secret, now)
    mistake = header.mistake(made, body, secret, now)
    if not delivery.sendable(made):
        raise WrongAnswerError(mistake or "the header has unprintable characters", try_next="`lab.hint('sign')`")
    before = topics.end_offsets([names.PAYMENT_INTENT])
    answer = gateway.deliver(event, body, made)
    if answer.status != httpx.codes.OK:
        if mistake is None:
            raise delivery.other_secret(answer)
        raise WrongAnswerError(mistake, try_next="`lab.hint('sign')`", evidence={"gateway": str(answer)})
    position = _find(event, before)
    if position is None:
        raise LabError(f"the gateway answered 200, but {names.PAYMENT_INTENT} does not hold {event['id']}")
    return Passed(
        "the gateway answered 200 to your signature, and Kafka holds the event",
        {"event": event["id"], "Kafka": str(position)},
    )


def tamper(attempt: Attempt) -> Passed:
    """Send a tampered order with the signature of the true one, then the true one, and compare what Kafka kept."""
    event, now = shop.order(), int(time.time())
    body = msgspec.json.encode(event)
    changed = attempt(body)
    if mistake := changes.mistake(body, changed):
        raise WrongAnswerError(mistake, try_next="`lab.hint('tamper')`")
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
    payments = _loaded_payments()
    evidence = {}
    for event_id, payment in payments.items():
        sql = attempt(event_id)
        if mistake := queries.mistake(sql, event_id):
            raise WrongAnswerError(mistake, try_next=HINT, evidence={"query": str(sql)})
        try:
            answer = warehouse.query(sql)
        except QueryRefusedError as error:
            message = queries.why_refused(sql, event_id) or error.message
            raise WrongAnswerError(message, try_next=HINT, evidence={"query": sql, "Trino": error.message}) from None
        others = [other for other in payments.values() if other != payment]
        if mistake := amounts.mistake(answer, payment, others):
            raise WrongAnswerError(mistake, try_next=HINT, evidence={"asked for": event_id})
        evidence[event_id] = f"{payment.amount.normalize():f} {payment.currency}, as in bronze{_snapshot(event_id)}"
    return Passed(f"Trino, Iceberg and PostgreSQL agree on every amount{amounts.advice(answer)}", evidence)


def _find(event: StripeEvent, since: topics.Offsets) -> topics.Position | None:
    return topics.find(since, lambda value: event["id"].encode() in value)


def _loaded_payments() -> Mapping[str, Payment]:
    """Return the newest loaded payment of each of the shop's currencies, as bronze has it."""
    found = bronze.rows(
        """
        SELECT DISTINCT ON (currency) event_id, amount_cents, currency, amount
        FROM payment_events
        WHERE loaded_to_iceberg AND event_type = 'payment_intent.succeeded' AND currency = ANY(%s)
        ORDER BY currency, ingested_at DESC
        """,
        [currency.upper() for currency in shop.PRICES],
    )
    missing = {currency.upper() for currency in shop.PRICES} - {row["currency"] for row in found}
    if missing:
        raise OutOfOrderError(
            f"no payment in {', '.join(sorted(missing))} has reached the lakehouse yet",
            try_next="run the cells that send the three orders and run the batch, then check again.",
        )
    payments = sorted((Payment(**row) for row in found), key=lambda one: list(shop.PRICES).index(one.currency.lower()))
    return {payment.event_id: payment for payment in payments}


def _snapshot(event_id: str) -> str:
    """Return which Iceberg snapshot brought an event: bronze names the batch, the snapshot carries its id."""
    [row] = bronze.rows("SELECT load_batch_id FROM payment_events WHERE event_id = %s", event_id)
    batch = row["load_batch_id"]
    found = warehouse.query(
        f"""SELECT snapshot_id FROM "payment_events$snapshots" WHERE element_at(summary, 'load_batch_id') = '{batch}'"""  # noqa: S608 - our own id
    )
    if not found.rows:
        raise StaleStateError(
            f"bronze says that batch {batch} was loaded, but no Iceberg snapshot carries its id",
            try_next="was one store reset without the other? `lakehouse reset` resets them together.",
        )
    return f"; batch {batch}, snapshot {found.rows[0][0]}"
