"""A stream of deliveries as networks make it: with copies, out of order, and with some that are corrupt.

Copies and corrupt events come on top of the good ones: whatever the rates, every good event is sent.
"""

import heapq
import itertools
import random
from collections.abc import Iterable, Iterator

import msgspec

from services.simulator.corruption import can_be_corrupted, corrupt
from services.simulator.delivery import Delivery

LATER_RATE = 0.5
"""How many of the copies come later; the others race with the original."""
LATER_BY = (20, 300)
"""How many deliveries later, from … to."""


class Rates(msgspec.Struct, frozen=True):
    """How often, from 0 to 1, each event is sent twice, is overtaken by its successor, or has a corrupt double."""

    duplicates: float = 0.0
    out_of_order: float = 0.0
    corrupt: float = 0.0


def disturbed(deliveries: Iterable[Delivery], rates: Rates, rng: random.Random) -> Iterator[Delivery]:
    """Yield all deliveries, and what the rates add to them."""
    waiting: list[tuple[int, int, Delivery]] = []
    order = itertools.count()
    for now, good in enumerate(_out_of_order(deliveries, rates.out_of_order, rng)):
        yield good
        if rng.random() < rates.duplicates:
            if rng.random() < LATER_RATE:
                copy = msgspec.structs.replace(good, kind="duplicate, later")
                heapq.heappush(waiting, (now + rng.randint(*LATER_BY), next(order), copy))
            else:  # in another lane, so that both are under way at once
                yield msgspec.structs.replace(good, kind="duplicate, at once", lane=f"{good.lane}/copy")
        if can_be_corrupted(good) and rng.random() < rates.corrupt:
            yield corrupt(good, rng)
        while waiting and waiting[0][0] <= now:
            yield heapq.heappop(waiting)[-1]
    yield from (copy for *_, copy in sorted(waiting, key=lambda entry: entry[:2]))


def _out_of_order(deliveries: Iterable[Delivery], rate: float, rng: random.Random) -> Iterator[Delivery]:
    """Yield the deliveries, some of them right after the next one of their payment instead of before it."""
    held: dict[str, Delivery] = {}
    for delivery in deliveries:
        if overtaken := held.pop(delivery.lane, None):
            yield delivery
            yield msgspec.structs.replace(overtaken, kind="out of order")
        elif rng.random() < rate:
            held[delivery.lane] = delivery
        else:
            yield delivery
    yield from held.values()
