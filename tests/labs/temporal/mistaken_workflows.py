"""Workflows that learners write: each wrong in one way."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from labkit.labs.temporal.shop import Order, charge_card, send_receipt, send_reminder

FINAL = ["CardDeclinedError"]
PATIENT = RetryPolicy(initial_interval=timedelta(milliseconds=200), non_retryable_error_types=FINAL)
BRIEF = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=3)
CHARGE: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=2), "retry_policy": PATIENT}
RECEIPT: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=1), "retry_policy": BRIEF}


async def collect(order: Order, charge: dict[str, Any], receipt: dict[str, Any]) -> str:
    try:
        await workflow.execute_activity(charge_card, order, **charge)
    except ActivityError:
        return "declined"
    try:
        await workflow.execute_activity(send_receipt, order, **receipt)
    except ActivityError:
        return "charged without receipt"
    return "charged"


class NoWorkflow:
    async def run(self, order: Order) -> str:
        return await collect(order, CHARGE, RECEIPT)


@workflow.defn
class CalledDirectly:
    @workflow.run
    async def run(self, order: Order) -> str:
        await charge_card(order)
        return "charged"


@workflow.defn
class NotAwaited:
    @workflow.run
    async def run(self, order: Order) -> str:
        workflow.start_activity(charge_card, order, **CHARGE).cancel()
        return "charged"


@workflow.defn
class NoTimeout:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await collect(order, {"retry_policy": PATIENT}, RECEIPT)


@workflow.defn
class Milliseconds:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await collect(order, CHARGE | {"start_to_close_timeout": timedelta(seconds=2000)}, RECEIPT)


@workflow.defn
class ForAllAttempts:
    @workflow.run
    async def run(self, order: Order) -> str:
        limit = {"schedule_to_close_timeout": timedelta(seconds=2), "retry_policy": PATIENT}
        return await collect(order, limit, RECEIPT)


@workflow.defn
class OnePolicyForBoth:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await collect(order, CHARGE, CHARGE)


@workflow.defn
class ChargedAtMostThrice:
    @workflow.run
    async def run(self, order: Order) -> str:
        policy = RetryPolicy(
            initial_interval=timedelta(milliseconds=200), maximum_attempts=3, non_retryable_error_types=FINAL
        )
        return await collect(order, CHARGE | {"retry_policy": policy}, RECEIPT)


@workflow.defn
class DefaultWait:
    @workflow.run
    async def run(self, order: Order) -> str:
        return await collect(order, CHARGE | {"retry_policy": RetryPolicy(non_retryable_error_types=FINAL)}, RECEIPT)


@workflow.defn
class DeclinedForEver:
    @workflow.run
    async def run(self, order: Order) -> str:
        policy = RetryPolicy(initial_interval=timedelta(milliseconds=200))
        return await collect(order, CHARGE | {"retry_policy": policy}, RECEIPT)


@workflow.defn
class ErrorNotCaught:
    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.execute_activity(charge_card, order, **CHARGE)
        await workflow.execute_activity(send_receipt, order, **RECEIPT)
        return "charged"


@workflow.defn
class ReceiptNotCaught:
    @workflow.run
    async def run(self, order: Order) -> str:
        try:
            await workflow.execute_activity(charge_card, order, **CHARGE)
        except ActivityError:
            return "declined"
        await workflow.execute_activity(send_receipt, order, **RECEIPT)
        return "charged"


@workflow.defn
class OneTry:
    @workflow.run
    async def run(self, order: Order) -> str:
        try:
            await workflow.execute_activity(charge_card, order, **CHARGE)
            await workflow.execute_activity(send_receipt, order, **RECEIPT)
        except ActivityError:
            return "declined"
        return "charged"


@workflow.defn
class LocalActivity:
    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.execute_local_activity(charge_card, order, start_to_close_timeout=timedelta(seconds=2))
        return "charged"


class Reminding:
    """What most of the mistaken reminders share."""

    def __init__(self) -> None:
        self._paid = False

    @workflow.signal
    def paid(self) -> None:
        self._paid = True

    async def within(self, wait: timedelta) -> bool:
        try:
            await workflow.wait_condition(lambda: self._paid, timeout=wait)
        except TimeoutError:
            return False
        return True

    async def remind(self, order: Order) -> None:
        await workflow.execute_activity(send_reminder, order, start_to_close_timeout=timedelta(seconds=1))

    async def reminding(self, order: Order, *waits: timedelta) -> str:
        for wait in waits[:-1]:
            if await self.within(wait):
                return "paid"
            await self.remind(order)
        return "paid" if await self.within(waits[-1]) else "given up"


@workflow.defn
class FromTheOneBefore(Reminding):
    @workflow.run
    async def run(self, order: Order) -> str:
        return await self.reminding(order, *map(timedelta, (1, 3, 7)))


@workflow.defn
class ForEver(Reminding):
    @workflow.run
    async def run(self, _order: Order) -> str:
        await workflow.wait_condition(lambda: self._paid)
        return "paid"


@workflow.defn
class Asleep(Reminding):
    @workflow.run
    async def run(self, order: Order) -> str:
        for days in (1, 2):
            await asyncio.sleep(days * 86_400)
            if self._paid:
                return "paid"
            await self.remind(order)
        await asyncio.sleep(4 * 86_400)
        return "paid" if self._paid else "given up"


@workflow.defn
class DeafToTheSignal(Reminding):
    @workflow.run
    async def run(self, order: Order) -> str:
        for days in (1, 2):
            await asyncio.sleep(days * 86_400)
            await self.remind(order)
        await asyncio.sleep(4 * 86_400)
        return "given up"


@workflow.defn
class ByTheWallClock(Reminding):
    @workflow.run
    async def run(self, order: Order) -> str:
        end = datetime.now(UTC) + timedelta(days=7)
        return await self.reminding(order, timedelta(days=1), timedelta(days=2), end - datetime.now(UTC))


class Changing:
    """How often it was begun in this process: as good as a random number."""

    begun = 0


@workflow.defn
class AnotherEachTime(Reminding):
    @workflow.run
    async def run(self, order: Order) -> str:
        Changing.begun += 1
        if Changing.begun % 4 == 3:
            return "given up"
        return await self.reminding(order, *map(timedelta, (1, 2, 4)))


@workflow.defn
class ByWorkflowTime(Reminding):
    """Right, though not as the reference writes it."""

    @workflow.run
    async def run(self, order: Order) -> str:
        start = workflow.now()
        for day in (1, 3):
            if await self.within(start + timedelta(days=day) - workflow.now()):
                return "paid"
            await self.remind(order)
        return "paid" if await self.within(start + timedelta(days=7) - workflow.now()) else "given up"
