"""Fraud, before a model is trained: a handful of signs, each with a weight.

The weights are judgement, not measurement; a trained model is compared with them and has to be better. One event is all
they see: how often a card was tried elsewhere is for the feature store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.inference.evidence import combine
from services.inference.messages import PaymentFeatures
from services.inference.models import ModelCard

ANY_PAYMENT: Final = 0.02
LARGE_AMOUNT: Final = ((500_000, 0.45), (100_000, 0.25), (50_000, 0.10))
"""Smallest units, largest first, taken as they come. Without rates that is the lesser evil: a yen (0.7 US cents) and a
Kuwaiti fils (0.3) are near a cent, whereas by major units every purchase for 500 yen would be a large one."""
FOREIGN_CARD: Final = 0.20
MANY_ATTEMPTS: Final = 0.30
MANY_ATTEMPTS_FROM: Final = 3
FRAUD_REPORTED: Final = 0.90
DISPUTED: Final = 0.50
DISPUTE_REFUTED: Final = frozenset({"won", "warning_closed"})
"""A dispute with this status ended in the merchant's favour (https://docs.stripe.com/api/disputes/object), so it is no
sign of fraud any more."""

FAILURE_CODES: Final = {
    "fraudulent": 0.80,
    "highest_risk_level": 0.80,
    "stolen_card": 0.80,
    "lost_card": 0.70,
    "pickup_card": 0.70,
    "merchant_blacklist": 0.60,
    "card_velocity_exceeded": 0.40,
    "elevated_risk_level": 0.40,
    "security_violation": 0.40,
    "pin_try_exceeded": 0.30,
    "incorrect_cvc": 0.25,
    "invalid_cvc": 0.25,
    "incorrect_number": 0.25,
    "invalid_number": 0.25,
    "incorrect_zip": 0.20,
    "do_not_honor": 0.10,
}
"""Stripe's decline codes (https://docs.stripe.com/declines/codes) and Radar's reasons
(https://docs.stripe.com/api/charges/object, `outcome.reason`); a code that is not here says nothing about fraud."""

EUROZONE: Final = frozenset(
    {"AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI", "SK"}
)

HOME_COUNTRIES: Final = {
    "USD": frozenset({"US", "PR", "EC", "SV", "PA"}),
    "EUR": EUROZONE,
    "GBP": frozenset({"GB"}),
    "CAD": frozenset({"CA"}),
    "AUD": frozenset({"AU"}),
    "JPY": frozenset({"JP"}),
    "CHF": frozenset({"CH", "LI"}),
    "SEK": frozenset({"SE"}),
    "BRL": frozenset({"BR"}),
    "INR": frozenset({"IN"}),
    "KWD": frozenset({"KW"}),
}
"""Where a currency is at home (ISO 3166-1 alpha-2). For any other currency no card is called foreign."""

CARD: Final = ModelCard(
    source="rules",
    features=("event_type", "amount_cents", "currency", "status", "card_country", "failure_code", "attempt_number"),
)


@dataclass(frozen=True)
class FraudRules:
    """The baseline for fraud."""

    name: str = "fraud-baseline"
    version: str = "baseline-rules-1"
    card: ModelCard = CARD

    def score(self, payments: Sequence[PaymentFeatures]) -> list[float]:
        """Return how suspicious each event looks, in [0, 1]."""
        return [suspicion(payment) for payment in payments]


def suspicion(payment: PaymentFeatures) -> float:
    """Return how suspicious this one event looks, in [0, 1]."""
    return combine(
        (
            ANY_PAYMENT,
            _amount(payment.amount_cents),
            FOREIGN_CARD if is_foreign(payment.currency, payment.card_country) else 0.0,
            FAILURE_CODES.get(payment.failure_code or "", 0.0),
            MANY_ATTEMPTS if payment.attempt_number >= MANY_ATTEMPTS_FROM else 0.0,
            _reported(payment.event_type, payment.status),
        )
    )


def is_foreign(currency: str, card_country: str | None) -> bool:
    """Say whether the card was issued where the payment's currency is not at home; unknown counts as home."""
    home = HOME_COUNTRIES.get(currency.upper())
    return home is not None and card_country is not None and card_country.upper() not in home


def _amount(amount_cents: int) -> float:
    return next((weight for least, weight in LARGE_AMOUNT if amount_cents >= least), 0.0)


def _reported(event_type: str, status: str) -> float:
    if event_type.startswith("radar.early_fraud_warning."):
        return FRAUD_REPORTED
    return DISPUTED if event_type.startswith("charge.dispute.") and status not in DISPUTE_REFUTED else 0.0
