"""What is learnt: the three tasks, their horizons, and which features their models take."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from services.features.columns import CUSTOMER_FEATURES, MERCHANT_FEATURES, TRANSACTION_FEATURES

Task = Literal["fraud", "churn", "retry"]


@dataclass(frozen=True)
class TaskSpec:
    """A task's horizon, which is also the gap before the test; how long the test is; the margin over the baselines.

    `margin` is in the primary metric: average precision, or for retry the share by which the value has to be higher.
    """

    name: Task
    horizon: timedelta
    test: timedelta
    margin: float
    inputs: tuple[str, ...]


_NOT_FOR_MODELS: Final = frozenset(
    {"customer_country", "customer_tier", "merchant_tier", "customer_card_bits", "customer_merchant_bits"}
    # They grow with the length of the history, which is another one tomorrow.
    | {"customer_payments", "customer_failures", "merchant_payments_7d", "merchant_payments_30d"}
    | {"merchant_payments_90d"}
)
STATE: Final = tuple(
    name
    for name in (*CUSTOMER_FEATURES, *MERCHANT_FEATURES)
    if name not in _NOT_FOR_MODELS and not name.endswith("_at_s")
)
DELAY_FEATURES: Final = (
    *("log_delay_s", "day_of_month_then", "hour_of_day_then", "passes_first", "passes_fifteenth", "passes_25th"),
)
CATEGORIES: Final = frozenset({"card_funding_code", "card_brand_code", "currency_code", "failure_code_code"})
"""Inputs whose numbers are names."""

_EVERY: Final = (*STATE, *TRANSACTION_FEATURES)

FRAUD: Final = TaskSpec(
    "fraud",
    timedelta(days=30),
    timedelta(days=30),
    0.10,
    tuple(name for name in _EVERY if name != "failure_code_code"),  # those judged have not failed
)
CHURN: Final = TaskSpec("churn", timedelta(days=35), timedelta(days=25), 0.05, _EVERY)
RETRY: Final = TaskSpec("retry", timedelta(days=15), timedelta(days=30), 0.05, (*_EVERY, *DELAY_FEATURES))
TASKS: Final = {"fraud": FRAUD, "churn": CHURN, "retry": RETRY}
