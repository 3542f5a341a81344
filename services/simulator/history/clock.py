"""When our platform would have handled an event of the past: deterministic, plausible, and sometimes late."""

import random
from typing import Final

LEAST_NORMALIZING_MS: Final = 40
MORE_NORMALIZING_MS: Final = 860
LEAST_PROCESSING_MS: Final = 30
MORE_PROCESSING_MS: Final = 570
LEAST_STORING_MS: Final = 2
MORE_STORING_MS: Final = 38
LATE_RATE: Final = {
    "charge.dispute.created": 0.4,
    "charge.dispute.closed": 0.4,
    "radar.early_fraud_warning.created": 0.2,
}
"""How often an event arrives late: networks report disputes in batches."""
SELDOM_LATE_RATE: Final = 0.002
"""Any other event: an outage somewhere on the way."""
LATE_DAYS: Final = 3
"""How late at most."""
_LATE_MS: Final = LATE_DAYS * 86_400_000


class Clock:
    """The platform's clock; a row's `ingested_at`, and so its partition, comes from it."""

    def __init__(self, rng: random.Random) -> None:
        """Use these dice."""
        self._random = rng.random

    def handled(self, event_type: str, created_s: int) -> tuple[int, int, int]:
        """Return when it was normalized, processed and stored, in milliseconds since 1970."""
        busy = self._random()  # a busy moment is slow at every stage
        late = _LATE_MS * self._random() if self._random() < LATE_RATE.get(event_type, SELDOM_LATE_RATE) else 0
        normalized = created_s * 1_000 + int(LEAST_NORMALIZING_MS + late + busy * MORE_NORMALIZING_MS)
        processed = normalized + int(LEAST_PROCESSING_MS + busy * MORE_PROCESSING_MS)
        return normalized, processed, processed + int(LEAST_STORING_MS + busy * MORE_STORING_MS)
