"""What can be wrong with a score, seen from what it says about payments whose score is known."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from services.inference.messages import PaymentFeatures

CLOSE: Final = 1e-9


def _payment(**changes: object) -> PaymentFeatures:
    plain = PaymentFeatures(
        event_type="payment_intent.succeeded",
        merchant_id="acct_lab05",
        amount_cents=4_200,
        currency="USD",
        status="succeeded",
        card_country="US",
    )
    return msgspec.structs.replace(plain, **changes)


CASES: Final = {
    "a small payment with a card from the US": (_payment(), 0.05, "4200 cents are 42 dollars, which is not large"),
    "99999 cents": (_payment(amount_cents=99_999), 0.05, "large is from 100000 cents on; `amount_cents` is in cents"),
    "100000 cents": (_payment(amount_cents=100_000), 0.45, "from 100000 on means that 100000 is in"),
    "a card from Nigeria": (_payment(card_country="NG"), 0.35, ""),
    "a card of unknown country": (
        _payment(card_country=None),
        0.05,
        "None says nothing about the card, so it adds none",
    ),
    "the third attempt": (_payment(attempt_number=3), 0.35, "from the third attempt on means that the third is in"),
    "all three signs": (
        _payment(amount_cents=100_000, card_country="NG", attempt_number=3),
        1.0,
        "the sum is 1.05, and the service refuses a score above 1: `min(1.0, …)`",
    ),
}


def mistake(score: Callable[..., Any]) -> str | None:
    """Return what is wrong with a score, None if every payment gets what it should."""
    for name, (payment, right, help_) in CASES.items():
        found = score(payment)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return f"`fraud_score` returned a {type(found).__name__}; a score is a number in [0, 1]"
        if abs(found - right) > CLOSE:
            if abs(found - right * 100) < CLOSE * 100:
                return f"{name} scores {found:g}: that is in per cent; a score is a number in [0, 1]"
            return f"{name} scores {found:g}, not {right:g}" + (f": {help_}" if help_ else "")
    return None
