"""A training set without a history: features at random, and labels that hang on two of them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from services.training.examples import Examples, Part
from services.training.splits import split
from services.training.tasks import FRAUD

TELLS = "amount_above_merchants_usual"


def made_up(seed: int = 1, rows: int = 1_500, strength: float = 2.0) -> Examples:
    """Return examples of fraud, of which `TELLS` tells the more the greater the strength."""
    rng = np.random.default_rng(seed)
    ends = datetime(2026, 11, 1, tzinfo=UTC)
    parts = split(FRAUD, ends - timedelta(days=180), ends)
    return Examples(FRAUD, parts, *(_part(rng, rows, strength, name) for name in ("train", "validate", "test")))


def _part(rng: np.random.Generator, rows: int, strength: float, name: str) -> Part:
    features = {column: rng.normal(size=rows) for column in FRAUD.inputs}
    features |= {column: rng.integers(0, 3, rows).astype(float) for column in FRAUD.inputs if column.endswith("_code")}
    features["days_since_first_seen"] = rng.uniform(0, 90, rows)
    labels = rng.random(rows) < 1 / (1 + np.exp(3 - strength * features[TELLS]))
    frame = pd.DataFrame(
        features
        | {
            "event_id": [f"stripe:evt_{name}_{number}" for number in range(rows)],
            "customer_id": [f"cus_{number // 3}" for number in range(rows)],
            "merchant_id": "acct_1",
            "event_kind": "payment",
            "amount_usd_cents": rng.integers(1_000, 90_000, rows),
            "currency": rng.choice(["USD", "EUR"], rows),
            "card_country": "US",
            "failure_code": None,
            "attempt_number": 1,
            "occurred_at_s": 1_790_000_000,
            "retry_in_s": np.nan,
            "label": labels,
        }
    )
    return Part(frame, FRAUD.inputs)
