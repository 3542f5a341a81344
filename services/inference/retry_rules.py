"""Retries, before a model is trained: one strategy for each reason that a payment fails for.

The reasons are Stripe's (https://docs.stripe.com/declines/codes), grouped by what can change their outcome: a few
minutes, payday, or the customer alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.inference.messages import PaymentFeatures
from services.inference.models import ModelCard, Plan

MINUTE_S: Final = 60
DAY_S: Final = 24 * 60 * MINUTE_S
GIVE_UP_AFTER_ATTEMPTS: Final = 4
PAID: Final = "succeeded"

SOON: Final[Plan] = ("retry_soon", 15 * MINUTE_S)
NEXT_DAY: Final[Plan] = ("retry_next_day", DAY_S)
AFTER_PAYDAY: Final[Plan] = ("retry_after_payday", 3 * DAY_S)
NEW_METHOD: Final[Plan] = ("request_new_payment_method", None)
AUTHENTICATE: Final[Plan] = ("request_authentication", None)
NEVER: Final[Plan] = ("do_not_retry", None)

CODES: Final[dict[Plan, tuple[str, ...]]] = {
    SOON: ("approve_with_id", "issuer_not_available", "processing_error", "reenter_transaction", "try_again_later"),
    NEXT_DAY: (
        "card_declined",
        "card_velocity_exceeded",
        "do_not_honor",
        "generic_decline",
        "no_action_taken",
        "withdrawal_count_limit_exceeded",
    ),
    AFTER_PAYDAY: ("insufficient_funds",),
    NEW_METHOD: (
        "call_issuer",
        "card_not_supported",
        "currency_not_supported",
        "expired_card",
        "incorrect_address",
        "incorrect_cvc",
        "incorrect_number",
        "incorrect_pin",
        "incorrect_zip",
        "invalid_account",
        "invalid_cvc",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "invalid_pin",
        "new_account_information_available",
        "not_permitted",
        "pin_try_exceeded",
        "service_not_allowed",
        "transaction_not_allowed",
    ),
    AUTHENTICATE: (
        "authentication_not_handled",
        "authentication_required",
        "offline_pin_required",
        "online_or_offline_pin_required",
    ),
    NEVER: (
        "duplicate_transaction",
        "elevated_risk_level",
        "fraudulent",
        "highest_risk_level",
        "lost_card",
        "merchant_blacklist",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "stolen_card",
        "stop_payment_order",
    ),
}
"""What helps, and the codes that it helps with. NEVER also has what card networks forbid to repeat, and what Radar
blocked (https://docs.stripe.com/api/charges/object, `outcome.reason`)."""

BY_FAILURE_CODE: Final[dict[str, Plan]] = {code: plan for plan, codes in CODES.items() for code in codes}

CARD: Final = ModelCard(source="rules", features=("status", "failure_code", "attempt_number"))


@dataclass(frozen=True)
class RetryRules:
    """The baseline for retries."""

    name: str = "retry-baseline"
    version: str = "baseline-rules-1"
    card: ModelCard = CARD

    def plan(self, payments: Sequence[PaymentFeatures]) -> list[Plan]:
        """Return strategy and delay in seconds for each payment."""
        return [remedy(payment) for payment in payments]


def remedy(payment: PaymentFeatures) -> Plan:
    """Return what to do about one failed payment; a code that is not in the table is tried again the next day.

    A payment that succeeded is never tried again: that would charge the customer twice.
    """
    if payment.status == PAID:
        return NEVER
    plan = BY_FAILURE_CODE.get(payment.failure_code or "", NEXT_DAY)
    _, delay_s = plan
    return NEW_METHOD if delay_s is not None and payment.attempt_number >= GIVE_UP_AFTER_ATTEMPTS else plan
