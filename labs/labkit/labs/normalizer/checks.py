"""The checks of this lab: real topics, real groups, the real normalizer."""

import msgspec

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.normalizer import amounts, keys, line, payments, poisoning, relaying, texts
from labkit.labs.normalizer.relaying import COUNT, Faults, Story
from labkit.labs.preflight import shop
from labkit.servers import own_normalizer
from labkit.spec import Passed
from services.contracts import events
from services.contracts.topics import Header


def key(attempt: Attempt) -> Passed:
    """Write events under the learner's keys and look into which partitions they went."""
    attempt.written()
    records = keys.write(attempt)
    found = keys.partitions_of(records)
    for payment, by_partition in found.items():
        if len(by_partition) > 1 or next(iter(by_partition.values())) != list(payments.TYPES):
            raise LabError(f"the keys are right, but the events of {payment} are not in order in one partition")
    used = sorted({record.partition for record in records})
    return Passed(
        "the events of each payment are in one partition, in the order in which they happened",
        {
            "Kafka": f"{keys.ORDERS}, {len(records)} records, partitions in use: {', '.join(map(str, used))}",
            "one of them": f"pi_lab1 is in partition {next(iter(found['pi_lab1']))} alone",
        },
    )


def relay(attempt: Attempt) -> Passed:
    """Let the learner's relay copy records, kill it at the worst moments, start it again, and count."""
    written = attempt.written()
    calm = relaying.tell(written, Faults())
    if mistake := _calm(calm):
        evidence = {relaying.SINK: f"{sum(calm.written.values())} of {COUNT} records", "committed": str(calm.committed)}
        raise WrongAnswerError(mistake, evidence=evidence)
    killed = {
        "killed before the third record": relaying.tell(written, Faults(kill_at=3)),
        "killed after the commit": relaying.tell(written, Faults(kill_after_commit=True)),
        "killed before the commit": relaying.tell(written, Faults(kill_before_commit=True)),
    }
    for when, story in killed.items():
        if story.lost:
            raise WrongAnswerError(
                f"{when} and started again, {story.lost} of {COUNT} records were lost: "
                "they were committed before they were produced",
                evidence={when: _counted(story)},
            )
    refused = relaying.tell(written, Faults(refuse_at=3))
    if refused.lost:
        raise WrongAnswerError(
            "Kafka refused the third record, and your relay committed past it: let the error end the batch",
            evidence={"refused once": _counted(refused)},
        )
    told = {when: _counted(story) for when, story in (killed | {"refused once": refused}).items()}
    return Passed("however it ends, nothing is lost; what comes twice is what was produced and not committed", told)


def _calm(story: Story) -> str | None:
    if story.raised:
        return f"`relay` raised {type(story.raised).__name__}: {story.raised}"
    if story.lost:
        return f"{story.lost} of {COUNT} records did not arrive, though nobody disturbed it: is each `produce` awaited?"
    if story.committed == COUNT - 1:
        return "it committed the offset of the last record it had read; to commit is the offset of the next one to read"
    if story.committed < COUNT:
        return "it copied everything and committed too little, so each start begins again: is the commit awaited?"
    if story.doubled:
        return f"{story.doubled} records came twice, though nobody disturbed it: one `produce` for each record"
    return None


def _counted(story: Story) -> str:
    return f"{story.lost} lost, {story.doubled} doubled"


def major_units(attempt: Attempt) -> Passed:
    """Try the learner's rule on every kind of currency, then run the real normalizer with it."""
    written = attempt.written()
    if mistake := amounts.mistake(written):
        raise WrongAnswerError(mistake)
    charges = [payments.charge(price.amount_cents, price.currency.lower()) for price in amounts.PRICES]
    unknown = payments.charge(100, amounts.UNKNOWN.lower())
    bodies = [msgspec.json.encode(one) for one in (*charges, unknown)]
    found = own_normalizer.run(bodies, line.with_rules(major_units=written))
    normalized = [events.decode(record.value or b"") for record in found.normalized]
    if [one.amount for one in normalized] != [price.amount for price in amounts.PRICES] or len(found.dead) != 1:
        raise LabError(f"the rule is right, but of {len(bodies)} events {len(normalized)} came out")
    [letter] = found.dead
    error = dict(letter.headers)[Header.ERROR_CLASS].decode()
    return Passed(
        "the real normalizer calculates with your rule",
        {
            "normalized": f"{len(normalized)} of {len(amounts.PRICES)}; {_last(found)}",
            "unknown currency": f"{letter.topic}, offset {letter.offset}: {error}",
        },
    )


def clean(attempt: Attempt) -> Passed:
    """Try the learner's rule on every way to write nothing, then run the real normalizer with it."""
    attempt.written()
    if mistake := texts.mistake(attempt):
        raise WrongAnswerError(mistake)
    customers = {**dict.fromkeys(texts.NOTHING), **texts.SOMETHING}
    bodies = [msgspec.json.encode(payments.charge(100, "usd", customer=customer)) for customer in customers]
    found = own_normalizer.run(bodies, line.with_rules(clean=attempt))
    came_out = [events.decode(record.value or b"").customer_id for record in found.normalized]
    if came_out != list(customers.values()):
        raise LabError(f"the rule is right, but of {len(bodies)} events {len(came_out)} came out as they should")
    nothing = came_out.count(None)
    return Passed(
        "the real normalizer cleans with your rule",
        {"customers": f"{len(came_out)}, of which {nothing} are nobody", "Kafka": _last(found)},
    )


def poison(attempt: Attempt) -> Passed:
    """Send the learner's event by the real gateway and follow it through the real normalizer into quarantine."""
    order = shop.order()
    changed = attempt(msgspec.json.decode(msgspec.json.encode(order)))
    if mistake := poisoning.mistake(order, changed):
        raise WrongAnswerError(mistake)
    answer, before = poisoning.deliver(changed)
    place, headers = poisoning.dead_letter(changed, before)
    rows = poisoning.quarantined(headers)
    return Passed(
        "accepted at the door, a dead letter behind it, and kept for a reviewer: nothing of it is lost",
        {
            "gateway": str(answer),
            "dead letter": place,
            "first seen in": headers[Header.ORIGINAL_TOPIC],
            "why": f"{headers[Header.ERROR_CLASS]}, stage {headers[Header.STAGE]}, attempt {headers[Header.ATTEMPTS]}",
            "in quarantine": f"{rows} row",
        },
    )


def _last(found: own_normalizer.Outcome) -> str:
    last = found.normalized[-1]
    return f"the last is in {last.topic}, offset {last.offset}"
