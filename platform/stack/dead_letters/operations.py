"""What `lakehouse dlq` does, without its command line: each function is one command."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.contracts.settings import Kafka
from stack.dead_letters.choosing import Choice, Named, Newest, Oldest
from stack.dead_letters.dead_letter import DeadLetter, Position
from stack.dead_letters.kafka import DeadLetterTopics, Record
from stack.dead_letters.replaying import obstacle
from stack.errors import StackError


@dataclass(frozen=True)
class Plan:
    """What a replay would do.

    Attributes:
        replayable: these.
        refused: not these, of those that were named, and why.
        others_refused: how many more there are that cannot be replayed.
        more: whether the limit left out some that can.
    """

    replayable: Sequence[DeadLetter]
    refused: Sequence[tuple[DeadLetter, str]] = ()
    others_refused: int = 0
    more: bool = False


def newest(limit: int) -> Sequence[DeadLetter]:
    """Return the dead letters of each topic that failed last, newest first."""
    choice = Newest(limit)
    _scan(choice)
    return choice.chosen()


def show(name: str) -> tuple[DeadLetter, Record]:
    """Return one dead letter and its record. Raises StackError if there is none of this id."""

    async def read() -> tuple[DeadLetter, Record]:
        found = [pair async for pair in DeadLetterTopics(Kafka()).read(letters)]
        return found[0]

    letters = _named([name])
    return asyncio.run(read())


def plan_named(names: Sequence[str]) -> Plan:
    """Plan to replay these. Raises StackError if one is unknown: then nothing is replayed."""
    reasons = [(letter, obstacle(letter)) for letter in _named(names)]
    return Plan(
        replayable=[letter for letter, reason in reasons if reason is None],
        refused=[(letter, reason) for letter, reason in reasons if reason is not None],
    )


def plan_all(limit: int, error_class: str | None) -> Plan:
    """Plan to replay the oldest that can be, with this error class if it is given."""
    choice = Oldest(limit, error_class)
    _scan(choice)
    return Plan(choice.chosen(), others_refused=choice.refused, more=choice.more)


def replay(plan: Plan, told: Callable[[DeadLetter], None]) -> None:
    """Write back what the plan says; `told` is called for each that Kafka has acknowledged.

    Raises:
        StackError: Kafka did not answer. Those told are done, the others are not; replaying again does no harm.
    """
    asyncio.run(DeadLetterTopics(Kafka()).replay(plan.replayable, told))


def _scan(choice: Choice) -> None:
    asyncio.run(DeadLetterTopics(Kafka()).scan(choice))


def _named(names: Sequence[str]) -> Sequence[DeadLetter]:
    choice = Named([Position.parse(name) for name in names])
    _scan(choice)
    if missing := choice.missing():
        raise StackError(
            f"There is no dead letter {missing[0]}.", "`lakehouse dlq list --limit 1000` shows more of them."
        )
    return choice.chosen()
