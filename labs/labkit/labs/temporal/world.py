"""The world outside, as a check needs it: a bank and a mail server that fail on order, and count how often."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError

from labkit.labs.temporal.shop import CardDeclinedError, Order


@dataclass(frozen=True)
class Fate:
    """What happens to one order. `-1` failures means that it never works."""

    charge_fails: int = 0
    declined: bool = False
    receipt_fails: int = 0


@dataclass
class World:
    """Plays the fates of orders, by event id."""

    fates: Mapping[str, Fate] = field(default_factory=dict)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    runs: set[str] = field(default_factory=set)

    def activities(self) -> list[Callable[..., Any]]:
        """Return what a worker runs under the names of the shop's activities."""

        @activity.defn(name="charge_card")
        async def charge(order: Order) -> None:
            fate = self._note("charge_card", order)
            if fate.declined and self.calls["charge_card", order.event_id] > 1:
                raise ApplicationError("charged again after it was declined", non_retryable=True)  # we have seen enough
            if fate.declined:
                raise CardDeclinedError("do_not_honor")
            self._fail("charge_card", order, fate.charge_fails)

        @activity.defn(name="send_receipt")
        async def receipt(order: Order) -> None:
            self._fail("send_receipt", order, self._note("send_receipt", order).receipt_fails)

        return [charge, receipt]

    def _note(self, name: str, order: Order) -> Fate:
        self.calls[name, order.event_id] += 1
        self.runs.add(activity.info().workflow_run_id or "")
        return self.fates.get(order.event_id, Fate())

    def _fail(self, name: str, order: Order, times: int) -> None:
        if times < 0 or self.calls[name, order.event_id] <= times:
            raise ConnectionError("the network is away")


def reminding(pay: Callable[[], WorkflowHandle[Any, Any] | None]) -> Callable[..., Any]:
    """Return the activity that reminds; the customer may pay on reading it, which tells the workflow."""

    @activity.defn(name="send_reminder")
    async def remind(_order: Order) -> None:
        if handle := pay():
            await handle.signal("paid")

    return remind
