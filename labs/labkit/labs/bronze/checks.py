"""The checks of this lab. Each asks the live servers; what an answer got wrong is told by the pure modules beside."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import httpx
import msgspec
import psycopg
from psycopg.errors import CheckViolation
from temporalio import activity
from temporalio.exceptions import ApplicationError

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.bronze import falling_back, reviewing, scoring, sending, storing, tables
from labkit.servers import own_orchestrator, workflows
from labkit.servers.own_inference import OwnInference, ask
from labkit.spec import Passed
from services.contracts.events import UnifiedEvent
from services.inference.settings import InferenceSettings
from services.orchestrator.errors import RequestRefusedError
from services.orchestrator.inference_client import InferenceClient
from services.orchestrator.messages import Payment, Score

Rows = dict[str, tuple[str, dict[str, Any]]]


def _refuse(mistake: str | None, **evidence: str) -> None:
    if mistake:
        raise WrongAnswerError(mistake, evidence=evidence)


def fraud_score(attempt: Attempt) -> Passed:
    """Try the learner's score, then serve it by the real inference service: one, many, and one that is refused."""
    score = attempt.written()
    _refuse(scoring.mistake(attempt))
    payments = {name: msgspec.to_builtins(payment) for name, (payment, _, _) in scoring.CASES.items()}
    with OwnInference(score) as inference:
        one = ask(inference.url, "/fraud/score", payments["all three signs"])
        many = ask(inference.url, "/fraud/score/bulk", {"payments": list(payments.values())})
        refused = ask(inference.url, "/fraud/score", payments["100000 cents"] | {"amount_cents": "1000.00"})
        [model] = [one for one in httpx.get(f"{inference.url}/models").json() if one["task"] == "fraud"]
    if not one.is_success or not many.is_success or refused.status_code != sending.REFUSED:
        raise LabError(f"the service answered {one.status_code}, {many.status_code} and {refused.status_code}")
    answer = one.json()
    return Passed(
        "the real inference service serves your score, alone and in bulk",
        {
            "GET /models": f"{model['name']} {model['version']}",
            "POST /fraud/score": f"{answer['score']:g}, {answer['risk_level']}",
            "POST /fraud/score/bulk": f"{len(many.json()['results'])} scores",
            "amount_cents as text": f"{refused.status_code}: {refused.json()['error']}",
        },
    )


def features(attempt: Attempt) -> Passed:
    """Send the learner's features of four events to the platform's inference."""
    attempt.written()
    url, scores = InferenceSettings().url, []
    for event in sending.events():
        made = attempt(event)
        _refuse(sending.unsendable(made))
        answer = ask(url, "/fraud/score", made)
        _refuse(sending.mistake(made, event, answer), event=event.event_id)
        scores.append(f"{answer.json()['score']:.2f}")
    return Passed("the platform's inference takes them all, and misses none", {"scores": ", ".join(scores)})


def score_or_fallback(attempt: Attempt) -> Passed:
    """Try the learner's fallback, then run it in the real orchestrator while inference is killed and started again."""
    fall_back = attempt.written()

    async def scored(model: falling_back.Ask) -> object:
        try:
            made = fall_back(model)
            return await made if inspect.isawaitable(made) else made
        except falling_back.EXPECTED:
            raise
        except Exception as error:
            raise WrongAnswerError(f"`{attempt.name}` raised {type(error).__name__}: {error}") from error

    _refuse(workflows.in_a_thread(falling_back.mistake(scored)))
    told = workflows.in_a_thread(_with_inference_gone(fall_back))
    versions = {when: row["fraud_model_version"] for when, row in told.items()}
    if list(versions.values()) != ["lab-05", "fallback", "fallback", "lab-05"]:
        raise LabError(f"bronze says that these made the scores: {versions}")
    return Passed(
        "inference hung, was killed and came back; no payment waited for it, and bronze says which score is none",
        {when: f"{row['fraud_score']:g} by {row['fraud_model_version']}" for when, row in told.items()},
    )


def store(attempt: Attempt) -> Passed:
    """Store rows at and beyond the limits of their columns, one twice, and one while PostgreSQL is away."""
    write = attempt.written()

    def stored(connection: tables.Connection, row: tables.Row) -> object:
        try:
            return attempt(connection, row)
        except WrongAnswerError as error:
            if isinstance(error.__cause__, psycopg.Error):
                raise error.__cause__ from None  # its message may quote the row
            raise

    _refuse(storing.mistake(stored) or storing.mistake_when_away(write))
    return Passed(
        "what fits is stored, what does not is in the quarantine with its reason, and nothing is lost or doubled",
        {"rows": f"{len(storing.cases())} at and beyond limits, one twice, one with PostgreSQL away"},
    )


def review(attempt: Attempt) -> Passed:
    """Let rows be reviewed, then a record that the real orchestrator quarantined, and send it again through Kafka."""
    attempt.written()
    try:
        _refuse(reviewing.mistake(attempt))
    except WrongAnswerError as error:
        if not isinstance(error.__cause__, CheckViolation):
            raise
        constraint = error.__cause__.diag.constraint_name
        words = {
            "review_signed": "a review says by whom and when: set reviewed_by and reviewed_at with the status",
            "review_status_known": "a status is one of open, replayed, resolved, rejected",
        }
        _refuse(f"PostgreSQL refused the review by its constraint {constraint}: {words[constraint or '']}")
    event = own_orchestrator.an_event()
    before, after = workflows.in_a_thread(_reprocessed(attempt, event))
    return Passed(
        "the record was quarantined, reviewed, mended and sent again, and is a payment in bronze",
        {
            "quarantined because of": before["reason"],
            "review": f"{after['review_status']} by {after['reviewed_by']}",
            "workflow": f"payment-{event.event_id}",
        },
    )


async def _with_inference_gone(fall_back: Callable[[falling_back.Ask], Awaitable[Score]]) -> dict[str, dict[str, Any]]:
    """Process a payment with inference, while it hangs, without it, and when it is back; return their rows."""
    told = {}
    with OwnInference(lambda _payment: 0.12) as inference:
        scored = _activity(fall_back, inference.url)
        replaced = {"score_fraud": scored}
        async with own_orchestrator.running(tables.NAME, [fall_back, scored], activities=replaced) as orchestrator:
            for when, change in (
                ("with inference", None),
                ("inference hangs", inference.freeze),
                ("without inference", inference.stop),
                ("with inference again", inference.start),
            ):
                if change:
                    await asyncio.to_thread(change)
                event = own_orchestrator.an_event()
                _, told[when] = (await orchestrator.process([event]))[event.event_id]
    return told


def _activity(fall_back: Callable[[falling_back.Ask], Awaitable[Score]], url: str) -> Callable[..., Any]:
    @activity.defn(name="score_fraud")
    async def score_fraud(payment: Payment) -> Score:
        async with aiohttp.ClientSession(url) as http:
            try:
                return await fall_back(lambda: InferenceClient(http).score_fraud(payment))
            except RequestRefusedError as error:
                raise ApplicationError(str(error), non_retryable=True) from error

    return score_fraud


async def _reprocessed(attempt: Attempt, event: UnifiedEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """Have the real orchestrator quarantine a record; review it and send it again; return its row before and after."""
    async with own_orchestrator.running(tables.NAME) as orchestrator:

        async def found_in(table: str) -> dict[str, Any]:
            return (await orchestrator.wait_for([event.event_id], [table]))[event.event_id][1]

        await orchestrator.send(reviewing.with_amount_as_text(event))
        before = await found_in("payment_events_quarantine")
        with tables.connect() as connection:
            mended = attempt(connection, before, reviewing.REVIEWER)
        await orchestrator.send(mended)
        await found_in("payment_events")
        after = await found_in("payment_events_quarantine")
    return before, after
