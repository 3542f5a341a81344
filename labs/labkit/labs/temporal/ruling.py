"""What can be wrong with a shop's own rule, seen from what it says about events."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from labkit.servers.own_orchestrator import an_event
from services.contracts.events import UnifiedEvent
from services.orchestrator.messages import Violation

LIMIT: Final = 10_000


def _paid(amount: str, amount_cents: int, currency: str = "USD", customer_id: str | None = None) -> UnifiedEvent:
    return an_event(amount=Decimal(amount), amount_cents=amount_cents, currency=currency, customer_id=customer_id)


def events() -> dict[str, tuple[UnifiedEvent, bool]]:
    """Return events with fresh ids, and whether the rule refuses each."""
    return {
        "a guest who pays 42.00 dollars": (_paid("42.00", 4_200), False),
        "a guest who pays 10000.01 dollars": (_paid("10000.01", 1_000_001), True),
        "a guest who pays 150.00 dollars": (_paid("150.00", 15_000), False),
        "a guest who pays exactly 10000.00 dollars": (_paid("10000.00", 1_000_000), False),
        "a known customer who pays 10000.01 dollars": (_paid("10000.01", 1_000_001, customer_id="cus_lab04"), False),
        "a guest who pays 20000 yen": (_paid("20000", 20_000, "JPY"), True),
    }


HELP: Final = {
    "a guest who pays 150.00 dollars": "`amount_cents` counts cents, `amount` counts dollars",
    "a guest who pays exactly 10000.00 dollars": "at most 10000 means that 10000 is allowed",
    "a known customer who pays 10000.01 dollars": "a guest is an event whose `customer_id` is None",
    "a guest who pays 20000 yen": "a yen has no cents: not every currency's amount is cents / 100",
}


def mistake(rule: Callable[..., Any], asked: Mapping[str, tuple[UnifiedEvent, bool]]) -> str | None:
    """Return what is wrong with a rule, None if it answers all as asked."""
    for who, (event, refused) in asked.items():
        found = rule(event)
        if not isinstance(found, list) or not all(isinstance(one, Violation) for one in found):
            return f"`house_rules` returned {_kind(found)}; asked for is a list of `Violation`, empty for a good event"
        if bool(found) != refused:
            hint = f": {HELP[who]}" if who in HELP else ""
            return f"{who} is {'refused' if found else 'not refused'}{hint}"
        if found and found[0].field not in msgspec.structs.asdict(event):
            return f"the violation names the field {found[0].field!r}, which an event does not have"
        if any(str(value) in one.message for one in found for value in (event.amount, event.amount_cents)):
            return "the violation's message quotes the event: it goes to logs, which must not hold what customers pay"
    return None


def _kind(found: object) -> str:
    if isinstance(found, list):
        return f"a list with a {type(next(one for one in found if not isinstance(one, Violation))).__name__} in it"
    return f"a {type(found).__name__}"
