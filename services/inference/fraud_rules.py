"""Fraud, before a model is trained: a handful of signs, each with a weight.

The weights are judgement, not measurement; a trained model is compared with them and has to be better. One event is all
they see: how often a card was tried elsewhere is for the feature store.
"""

from dataclasses import dataclass
from typing import Final

from services.inference.evidence import combine
from services.inference.messages import PaymentFeatures

ANY_PAYMENT: Final = 0.02
LARGE_AMOUNT: Final = ((500_000, 0.45), (100_000, 0.25), (50_000, 0.10))
"""Smallest units, largest first. They are taken as they come: 50 000 is 500 dollars and 50 000 yen alike."""
FOREIGN_CARD: Final = 0.20
MANY_ATTEMPTS: Final = 0.30
MANY_ATTEMPTS_FROM: Final = 3
FRAUD_REPORTED: Final = 0.90
DISPUTED: Final = 0.50

FAILURE_CODES: Final = {
    "fraudulent": 0.80,
    "stolen_card": 0.80,
    "lost_card": 0.70,
    "pickup_card": 0.70,
    "merchant_blacklist": 0.60,
    "card_velocity_exceeded": 0.40,
    "incorrect_cvc": 0.25,
    "incorrect_number": 0.25,
    "incorrect_zip": 0.20,
    "do_not_honor": 0.10,
}
"""Stripe's codes (https://docs.stripe.com/declines/codes); a code that is not here says nothing about fraud."""

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


@dataclass(frozen=True)
class FraudRules:
    """The baseline for fraud."""

    name: str = "fraud-baseline"
    version: str = "baseline-rules-1"

    def score(self, features: PaymentFeatures) -> float:
        """Return how suspicious this one event looks, in [0, 1]."""
        return combine(
            (
                ANY_PAYMENT,
                _amount(features.amount_cents),
                FOREIGN_CARD if is_foreign(features.currency, features.card_country) else 0.0,
                FAILURE_CODES.get(features.failure_code or "", 0.0),
                MANY_ATTEMPTS if features.attempt_number >= MANY_ATTEMPTS_FROM else 0.0,
                _reported(features.event_type),
            )
        )


def is_foreign(currency: str, card_country: str | None) -> bool:
    """Say whether the card was issued where the payment's currency is not at home; unknown counts as home."""
    home = HOME_COUNTRIES.get(currency.upper())
    return home is not None and card_country is not None and card_country.upper() not in home


def _amount(amount_cents: int) -> float:
    return next((weight for least, weight in LARGE_AMOUNT if amount_cents >= least), 0.0)


def _reported(event_type: str) -> float:
    if event_type.startswith("radar.early_fraud_warning."):
        return FRAUD_REPORTED
    return DISPUTED if event_type.startswith("charge.dispute.") else 0.0
