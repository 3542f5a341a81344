"""The checks of this lab: each puts the learner's function into the real gateway, and looks into Kafka afterwards."""

import time
from typing import Final

import httpx
import msgspec
from aiokafka.structs import ConsumerRecord

from labkit.attempt import Attempt
from labkit.errors import LabError, StaleStateError, WrongAnswerError
from labkit.labs.gateway import attacks, doubles, headers, recipes, routes, topics, verifying
from labkit.labs.gateway.topics import PREFIX
from labkit.labs.preflight import shop
from labkit.servers import gateway, own_gateway, own_topics
from labkit.spec import Passed
from services.contracts import topics as names
from services.contracts.settings import Stripe
from services.gateway.signature import check_age
from services.simulator.events import wrap
from services.simulator.signing import sign

# The check's gateway has a clock of its own: a verifier that asks the machine's is found out.
DAYS_AHEAD: Final = 3
NOT_UTF8: Final = b'{"shop": "caf\xe9"}'


def read_header(attempt: Attempt) -> Passed:
    """Read headers with the learner's function, then let it read those of real requests."""
    written = attempt.written()
    if mistake := headers.mistake(written):
        raise WrongAnswerError(mistake)

    def verify(_: bytes, header: str, __: str, now: float) -> None:
        timestamp, _signatures = written(header)
        check_age(timestamp, now, attacks.TOLERANCE_S)

    event, now = shop.order(), int(time.time())
    body = msgspec.json.encode(event)
    before = topics.here()
    with own_gateway.serving(PREFIX, verify=verify) as own:
        good = own.post(body, f"t={now},v1={headers.A},v1={headers.B}")
        bad = own.post(body, f"t={now},t={now},v1={headers.A}")
    kept = topics.since(before)
    if (good.status, bad.status) != (attacks.WELCOME, attacks.REFUSED) or len(kept) != 1:
        raise LabError(f"the table was read rightly, but the gateway answered {good} and {bad}, and kept {len(kept)}")
    return Passed(
        "every header was read as it must be, and the real gateway reads with your function",
        {
            "headers read": f"4 good, {len(headers.BAD)} bad",
            "in the gateway": f"two v1: {good}; two t=: {bad}",
            "Kafka": topics.place(kept[0]),
        },
    )


def verify(attempt: Attempt) -> Passed:
    """Put the learner's verifier into the real gateway and let everybody knock."""
    written, now = attempt.written(), int(time.time()) + DAYS_AHEAD * 86_400
    before = topics.here()
    with own_gateway.serving(PREFIX, verify=written, clock=lambda: float(now)) as own:
        secret = own.secret.get_secret_value()
        if mistake := verifying.refusal_of_a_good_one(written, secret, now):
            raise WrongAnswerError(mistake)
        visitors = attacks.visitors(secret, now)
        for visitor in visitors:
            answer = own.post(visitor.body, visitor.header)
            if mistake := verifying.wrong_answer(own, visitor, answer, secret, now):
                raise WrongAnswerError(mistake, evidence={"your gateway": f"{visitor.what}: {answer}"})
        dead = own.post(NOT_UTF8, f"t={now},v1={recipes.sign(NOT_UTF8, secret, now)}")
    if "UTF-8" not in dead.reason:
        raise WrongAnswerError(
            "a signed body that is not UTF-8 got no further than your `verify`: HMAC takes bytes, so decode nothing",
            evidence={"your gateway": str(dead)},
        )
    if not verifying.uses_compare_digest(written, secret, now):
        raise WrongAnswerError(
            "`verify` lets in the right ones only, but compares in a time that tells how much was right",
            try_next="compare with `hmac.compare_digest`, which always takes the same time.",
        )
    kept = topics.since(before)
    genuine = sum(visitor.genuine for visitor in visitors)
    letters = [record for record in kept if record.topic == PREFIX + names.WEBHOOK_DLQ]
    events = [record for record in kept if record not in letters]
    if (len(kept), len(letters)) != (genuine + 1, 1):
        raise LabError(
            f"{genuine} were let in, and the topics hold {len(kept)} more records ({len(letters)} dead letters)"
        )
    return Passed(
        "your verifier decides in the real gateway: what Stripe signed is in Kafka, of the rest there is no trace",
        {
            "let in": f"{genuine} of {genuine}; the last is in {topics.place(events[-1])}",
            "turned away": f"{len(visitors) - genuine} of {len(visitors) - genuine}",
            "signed, but not UTF-8": f"{dead}; {topics.place(letters[0])}",
        },
    )


def twice(attempt: Attempt) -> Passed:
    """Send the learner's body, rightly signed, to the platform's own gateway, and look for the dead letter."""
    event, now = shop.order(), int(time.time())
    body = msgspec.json.encode(event)
    changed = attempt(body)
    if mistake := doubles.mistake(body, changed):
        raise WrongAnswerError(mistake)
    before = own_topics.ends([names.WEBHOOK_DLQ])
    answer = gateway.deliver(event, changed, sign(changed, Stripe().webhook_secret.get_secret_value(), now))
    if "signature" in answer.reason:
        raise StaleStateError(
            "the gateway has another secret than this kernel",
            try_next="unset STRIPE_WEBHOOK_SECRET where JupyterLab was started, and start it again.",
            evidence={"gateway": str(answer)},
        )
    letter = next((one for one in own_topics.records(before) if one.value == changed), None)
    if answer.status != httpx.codes.BAD_REQUEST or letter is None:
        raise LabError(f"two readers may differ on this body, but the gateway answered {answer}")
    told = {name: value.decode() for name, value in letter.headers}
    return Passed(
        "signed, and yet refused: two readers of this body would have disagreed. The dead letter says why",
        {
            "gateway": str(answer),
            "Kafka": topics.place(letter),
            "its headers": f"error_class {told['error_class']}, stage {told['stage']}, attempts {told['attempts']}",
        },
    )


def route(attempt: Attempt) -> Passed:
    """Let the learner's function route events in the real gateway, and look where each one is."""
    written = attempt.written()
    for event_type in routes.RIGHT:
        if mistake := routes.mistake(attempt(event_type), event_type):
            raise WrongAnswerError(mistake, evidence={"event type": event_type})
    before = topics.here()
    events = [wrap({"id": f"ob_{number}"}, event_type) for number, event_type in enumerate(routes.RIGHT)]
    with own_gateway.serving(PREFIX, verify=lambda *_: None, route=written) as own:
        answers = [own.post(msgspec.json.encode(event), None) for event in events]
    kept = {msgspec.json.decode(record.value or b"null")["id"]: record for record in topics.since(before)}
    astray = [event["type"] for event in events if not _is_in(kept.get(event["id"]), routes.RIGHT[event["type"]])]
    if astray or {answer.status for answer in answers} != {httpx.codes.OK}:
        raise LabError(f"your function routes rightly, but in the gateway these went elsewhere: {', '.join(astray)}")
    last = {record.topic: f"partition {record.partition}, offset {record.offset}" for record in kept.values()}
    return Passed(f"{len(events)} event types, each in its topic", last)


def _is_in(record: ConsumerRecord[bytes, bytes] | None, topic: str) -> bool:
    return record is not None and record.topic == PREFIX + topic
