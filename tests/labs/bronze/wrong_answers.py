"""Wrong answers that learners give, each with the part of the message that only it must get."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import aiohttp
import msgspec
from psycopg import Error, OperationalError
from psycopg.errors import DataError, IntegrityError

from labkit.labs.bronze import tables
from labkit.labs.bronze.tables import Connection, Row
from services.contracts.events import UnifiedEvent
from services.inference.messages import PaymentFeatures
from services.orchestrator import fallback
from services.orchestrator.errors import RequestRefusedError
from services.orchestrator.inference_client import FEATURES
from services.orchestrator.messages import Score

Ask = Callable[[], Awaitable[Score]]
Review = Callable[[Connection, Row, str], object]


def scores(payment: PaymentFeatures, *, large: int = 100_000, unknown: bool = False, attempts: int = 3) -> float:
    country = payment.card_country
    foreign = (country != "US") if unknown else country not in (None, "US")
    return 0.05 + 0.4 * (payment.amount_cents >= large) + 0.3 * foreign + 0.3 * (payment.attempt_number >= attempts)


def told(event: UnifiedEvent, **changes: object) -> dict[str, Any]:
    return {name: getattr(event, name) for name in FEATURES} | changes


def without(event: UnifiedEvent, name: str) -> dict[str, Any]:
    return {key: value for key, value in told(event).items() if key != name}


async def patient(ask: Ask) -> Score:
    try:
        return await ask()
    except aiohttp.ClientError:
        return fallback.SCORE


async def milliseconds(ask: Ask) -> Score:
    async with asyncio.timeout(1_000):
        return await ask()


async def time_comes_through(ask: Ask) -> Score:
    async with asyncio.timeout(1):
        return await ask()


async def time_only(ask: Ask) -> Score:
    try:
        return await asyncio.wait_for(ask(), 1)
    except TimeoutError:
        return fallback.SCORE


def falling_to(score: Score | None) -> Callable[[Ask], Awaitable[Score | None]]:
    async def score_or_fallback(ask: Ask) -> Score | None:
        try:
            return await asyncio.wait_for(ask(), 1)
        except (TimeoutError, aiohttp.ClientError):
            return score

    return score_or_fallback


async def catches_all(ask: Ask) -> Score:
    try:
        return await asyncio.wait_for(ask(), 1)
    except (TimeoutError, aiohttp.ClientError, RequestRefusedError):
        return fallback.SCORE


async def not_awaited(ask: Ask) -> object:
    answer = ask()
    answer.close()  # type: ignore[attr-defined]  # or Python warns of it, as it does in the notebook
    return answer


async def always_the_fallback(_ask: Ask) -> Score:
    return fallback.SCORE


DO_NOTHING = f"{tables.INSERT_EVENT} ON CONFLICT (event_id) DO NOTHING"
REFUSED = (DataError, IntegrityError)


def stores(
    insert: str = DO_NOTHING,
    *,
    refused: tuple[type[Error], ...] = REFUSED,
    again: str = "already there",
    quarantine: bool = True,
) -> Callable[[Connection, Row], str]:
    def store(connection: Connection, row: Row) -> str:
        try:
            with connection.transaction():
                done = connection.execute(insert.encode(), row)
        except refused as error:
            if quarantine:
                tables.quarantine(connection, row, type(error).__name__)
            return "quarantined"
        return "stored" if done.rowcount else again

    return store


def no_savepoint(connection: Connection, row: Row) -> str:
    try:
        connection.execute(DO_NOTHING.encode(), row)
    except REFUSED as error:
        tables.quarantine(connection, row, type(error).__name__)
        return "quarantined"
    return "stored"


def cuts_to_fit(connection: Connection, row: Row) -> str:
    return stores()(connection, row | {"currency": row["currency"][:3]})


def swallows_the_outage(connection: Connection, row: Row) -> str:
    try:
        return stores()(connection, row)
    except OperationalError:
        return "quarantined"


def says_nothing(connection: Connection, row: Row) -> None:
    stores()(connection, row)


REVIEWED = "UPDATE payment_events_quarantine SET review_status = %s, reviewed_by = %s, reviewed_at = now()"
THIS = " WHERE quarantine_id = %s"
OPEN = " AND review_status = 'open'"


def mended(row: Row) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(row["payload"])
    return event | {"amount_cents": int(event["amount_cents"])}


def reviews(
    mend: Callable[[Row], dict[str, Any]] = mended, *, update: str = REVIEWED + THIS + OPEN, signed: bool = True
) -> Review:
    """Return a review that mends in this way and signs by this statement."""

    def review(connection: Connection, row: Row, reviewer: str) -> bytes | None:
        try:
            event = mend(row)
        except (ValueError, TypeError, KeyError):
            status, record = "rejected", None
        else:
            status, record = "replayed", json.dumps(event).encode()
        values = [status, *([reviewer] * signed), row["quarantine_id"]]
        done = connection.execute(update.encode(), values[: update.count("%s")])
        return record if done.rowcount else None

    return review


def changed(right: Review, change: Callable[[Any], object]) -> Review:
    return lambda connection, row, reviewer: change(right(connection, row, reviewer))


def sends_garbage_too(connection: Connection, row: Row, reviewer: str) -> object:
    right = reviews()(connection, row, reviewer)
    return row["payload"].encode() if row["event_id"] is None else right


def deletes(connection: Connection, row: Row, _reviewer: str) -> bytes:
    connection.execute("DELETE FROM payment_events_quarantine WHERE quarantine_id = %s", [row["quarantine_id"]])
    return json.dumps(mended(row)).encode()


UNSIGNED = "UPDATE payment_events_quarantine SET review_status = %s"

WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "fraud_score": {
        "text": (lambda p: str(scores(p)), "returned a str"),
        "per cent": (lambda p: 100 * scores(p), "that is in per cent"),
        "not capped": (scores, "the sum is 1.05"),
        "dollars": (lambda p: scores(p, large=1_000), "4200 cents are 42 dollars"),
        "more than 100000": (lambda p: scores(p, large=100_001), "means that 100000 is in"),
        "unknown is foreign": (lambda p: scores(p, unknown=True), "None says nothing about the card"),
        "from the fourth": (lambda p: scores(p, attempts=4), "means that the third is in"),
        "raises": (lambda p: scores(replace(p)), "`fraud_score` raised TypeError"),
    },
    "features": {
        "the whole event": (msgspec.structs.asdict, "is a Decimal, which JSON does not know"),
        "an event": (lambda event: event, "`features` returned a UnifiedEvent"),
        "misspelt": (lambda e: without(e, "card_country") | {"country": e.card_country}, "no such field is known"),
        "dollars": (lambda e: told(e, amount_cents=float(e.amount)), "(field amount_cents)"),
        "text": (lambda e: told(e, attempt_number=str(e.attempt_number)), "(field attempt_number)"),
        "no merchant": (lambda e: without(e, "merchant_id"), "merchant_id: is missing"),
        "no country": (lambda e: without(e, "card_country"), "card_country was not sent"),
        "no failure code": (lambda e: without(e, "failure_code"), "failure_code was not sent"),
        "whole dollars": (lambda e: told(e, amount_cents=e.amount_cents // 100), "amount_cents is not what the event"),
    },
    "score_or_fallback": {
        "patient": (patient, "there was no answer within"),
        "milliseconds": (milliseconds, "there was no answer within"),
        "time comes through": (time_comes_through, "a TimeoutError came through"),
        "time only": (time_only, "not only a TimeoutError means"),
        "not marked": (falling_to(Score(0.5, "medium", "lab-05")), "nobody could find it and score it again"),
        "nothing": (falling_to(None), "the model hangs, and the answer is a NoneType"),
        "no risk": (falling_to(Score(0.0, "low", "fallback")), "the fallback is 0 low"),
        "catches all": (catches_all, "a 422 became a fallback"),
        "not awaited": (not_awaited, "`score_or_fallback` returned a coroutine"),
        "always": (always_the_fallback, "its answer was not returned as it is"),
    },
    "store": {
        "no conflict clause": (stores(tables.INSERT_EVENT), "a second telling is no error"),
        "overwrites": (
            stores(f"{tables.INSERT_EVENT} ON CONFLICT (event_id) DO UPDATE SET fraud_score = excluded.fraud_score"),
            "overwrote its row",
        ),
        "no savepoint": (no_savepoint, "after an error the transaction is void"),
        "cuts to fit": (cuts_to_fit, "its currency was changed until it fitted"),
        "data errors only": (stores(refused=(DataError,)), "NotNullViolation, which is an IntegrityError"),
        "lost": (stores(quarantine=False), "that is how payments get lost"),
        "stored again": (stores(again="stored"), "an event that came again left one row, but"),
        "says nothing": (says_nothing, "`store` said None, not 'stored'"),
        "swallows the outage": (swallows_the_outage, "PostgreSQL was away"),
    },
    "review": {
        "unsigned": (reviews(update=UNSIGNED + THIS.replace("%s", "'x' OR true") + OPEN), "review_signed"),
        "another status": (
            reviews(update=REVIEWED.replace("= %s, reviewed_by", "= 'done ' || %s, reviewed_by") + THIS + OPEN),
            "review_status_known",
        ),
        "every row": (reviews(update=REVIEWED + " WHERE review_status = 'open'"), "lacks its WHERE"),
        "twice": (reviews(update=REVIEWED + THIS), "was sent again by a second review"),
        "somebody else": (
            reviews(update=REVIEWED.replace("reviewed_by = %s", "reviewed_by = lower(%s) || ' l.'") + THIS),
            "by somebody else",
        ),
        "deleted": (deletes, "a quarantine is also the record"),
        "text": (changed(reviews(), lambda sent: sent and sent.decode()), "`review` returned a str"),
        "not mended": (reviews(lambda row: json.loads(row["payload"])), "is still no unified event"),
        "cents again": (
            reviews(lambda row: mended(row) | {"amount_cents": mended(row)["amount_cents"] * 100}),
            "says 420000 cents",
        ),
        "another id": (
            reviews(lambda row: mended(row) | {"event_id": "stripe:evt_new"}),
            "in more than `amount_cents`",
        ),
        "nothing sent": (changed(reviews(), lambda _sent: None), "nothing was returned to send"),
        "garbage sent": (sends_garbage_too, "what is no JSON cannot be mended"),
    },
}
