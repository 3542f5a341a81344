"""What the workflows of this lab work on, and the activities that they may order. A worker brings the real ones."""

import secrets
from dataclasses import dataclass

from temporalio import activity


@dataclass(frozen=True)
class Order:
    """One order to collect money for; `event_id` is that of the webhook that told us."""

    event_id: str
    amount_cents: int


class CardDeclinedError(Exception):
    """The bank said no, and will say so again."""


class CalledDirectlyError(Exception):
    """An activity's function was called where it should have been ordered from Temporal."""

    def __init__(self, name: str) -> None:
        super().__init__(f"`{name}(…)` was called as a function; `workflow.execute_activity({name}, …)` orders it")


def an_order() -> Order:
    """Return an order with an id that nobody has used."""
    return Order(f"stripe:evt_lab04_{secrets.token_hex(6)}", 4_200)


@activity.defn
async def charge_card(_order: Order) -> None:
    """Take the money. Raises `CardDeclinedError` where the bank says no."""
    raise CalledDirectlyError("charge_card")


@activity.defn
async def send_receipt(_order: Order) -> None:
    """Write to the customer that the money was taken."""
    raise CalledDirectlyError("send_receipt")


@activity.defn
async def send_reminder(_order: Order) -> None:
    """Write to the customer that the money is still due."""
    raise CalledDirectlyError("send_reminder")
