"""Whether a customer comes again.

To learn: who is about to leave. Between two visits a customer leaves for good with a small chance; every trouble since
the last visit (a failed payment, worse if it was never recovered; a fraud on their account; a merchant of poor quality)
adds to it. Nobody announces it: they are gone when they have been away for much longer than is usual for them.
"""

from typing import Final

LEAVES_ANYWAY: Final = {"subscription": 0.008, "regular": 0.004, "occasional": 0.02}
FAILED_AND_RECOVERED: Final = 0.06
FAILED_FOR_GOOD: Final = 0.30
DISPUTED: Final = 0.20
POOR_QUALITY: Final = 0.03
"""At a merchant of quality 0; one of quality 1 adds nothing."""

REPLACED_AFTER_DAYS: Final = 5
"""How long it takes, on average, until a new customer comes for one who has left: there are always about as many."""


def hazard(habit: str, quality: float, troubles: float) -> float:
    """Return the chance that the customer does not come again.

    Args:
        habit: the customer's.
        quality: that of the merchant whom they paid last, 0 to 1.
        troubles: the sum of what happened to them since their last visit, of the constants above.
    """
    return LEAVES_ANYWAY[habit] + POOR_QUALITY * (1 - quality) + troubles
