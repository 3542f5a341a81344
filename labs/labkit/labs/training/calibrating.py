"""Exercise 3: scores that mean what they say, and the same order as before."""

from typing import Final

import numpy as np

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.training import past
from labkit.labs.training.fitting import scored
from labkit.spec import Passed
from services.training.metrics import calibration_error

MOST: Final = 0.03
INVERSION: Final = 1e-6


def check(attempt: Attempt) -> Passed:
    """Have an overconfident model calibrated on the validation part; look at its probabilities on the test."""
    attempt.written()
    made = past.examples_of("fraud")
    before = scored(past.overconfident(), made.test.features)
    calibrated = attempt(past.overconfident(), made.validate.features, made.validate.labels)
    if calibrated is None:
        raise WrongAnswerError("`calibrate` returned nothing; asked for was a model")
    after = scored(calibrated, made.test.features)
    if np.allclose(after, before):
        raise WrongAnswerError(
            f"it says what it said before: {before.mean():.0%} fraud, and {made.test.labels.mean():.1%} happened"
        )
    if np.ptp(after) == 0:
        raise WrongAnswerError("every payment has the same score: calibrated, and of no use")
    order = np.argsort(before, kind="stable")
    if (np.diff(after[order])[np.diff(before[order]) > 0] < -INVERSION).any():
        raise WrongAnswerError(
            "the payments have another order now: this is another model, fitted anew on the validation part. "
            "Freeze the one that you were given"
        )
    error = calibration_error(after, made.test.labels)
    if error > MOST:
        raise WrongAnswerError(
            f"on the test, what it says and what happened differ by {error:.3f} on average; agreed on was {MOST}"
        )
    return Passed(
        "of those that it calls 10 %, about one in ten is fraud, and the order is what it was",
        {
            "before": f"{before.mean():.1%} fraud on average, error {calibration_error(before, made.test.labels):.3f}",
            "after": f"{after.mean():.1%} on average, error {error:.3f}",
            "happened": f"{made.test.labels.mean():.1%}",
        },
    )
