"""Retries, before a model is trained: one strategy for each reason that a payment fails for.

The reasons are Stripe's (https://docs.stripe.com/declines/codes), grouped by what can change their outcome: a few
minutes, payday, or the customer alone.
"""

from dataclasses import dataclass
from typing import Final

from services.inference.messages import PaymentFeatures

MINUTE_S: Final = 60
DAY_S: Final = 24 * 60 * MINUTE_S
GIVE_UP_AFTER_ATTEMPTS: Final = 4

Plan = tuple[str, int | None]

SOON: Final[Plan] = ("retry_soon", 15 * MINUTE_S)
NEXT_DAY: Final[Plan] = ("retry_next_day", DAY_S)
AFTER_PAYDAY: Final[Plan] = ("retry_after_payday", 3 * DAY_S)
NEW_METHOD: Final[Plan] = ("request_new_payment_method", None)
AUTHENTICATE: Final[Plan] = ("request_authentication", None)
NEVER: Final[Plan] = ("do_not_retry", None)

BY_FAILURE_CODE: Final[dict[str, Plan]] = {
    "processing_error": SOON,
    "issuer_not_available": SOON,
    "reenter_transaction": SOON,
    "try_again_later": SOON,
    "insufficient_funds": AFTER_PAYDAY,
    "card_velocity_exceeded": NEXT_DAY,
    "withdrawal_count_limit_exceeded": NEXT_DAY,
    "card_declined": NEXT_DAY,
    "do_not_honor": NEXT_DAY,
    "generic_decline": NEXT_DAY,
    "expired_card": NEW_METHOD,
    "incorrect_cvc": NEW_METHOD,
    "incorrect_number": NEW_METHOD,
    "invalid_account": NEW_METHOD,
    "card_not_supported": NEW_METHOD,
    "currency_not_supported": NEW_METHOD,
    "authentication_required": AUTHENTICATE,
    "fraudulent": NEVER,
    "lost_card": NEVER,
    "stolen_card": NEVER,
    "pickup_card": NEVER,
}


@dataclass(frozen=True)
class RetryRules:
    """The baseline for retries."""

    name: str = "retry-baseline"
    version: str = "baseline-rules-1"

    def plan(self, features: PaymentFeatures) -> tuple[str, int | None]:
        """Return strategy and delay in seconds; a code that is not in the table is tried again the next day."""
        strategy, delay_seconds = BY_FAILURE_CODE.get(features.failure_code or "", NEXT_DAY)
        if delay_seconds is not None and features.attempt_number >= GIVE_UP_AFTER_ATTEMPTS:
            return NEW_METHOD
        return strategy, delay_seconds
