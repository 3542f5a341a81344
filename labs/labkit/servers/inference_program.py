"""The inference service with the fraud score that comes on stdin, until SIGTERM. Without labkit: it starts quickly."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cloudpickle  # type: ignore[import-untyped]

from services.inference.bootstrap import baseline, bootstrap
from services.inference.messages import PaymentFeatures


@dataclass(frozen=True)
class Learners:
    """The learner's function as a model: batch first, and with a name."""

    function: Callable[[PaymentFeatures], float]
    name: str = "a-learners-score"
    version: str = "lab-05"

    def score(self, payments: Sequence[PaymentFeatures]) -> Sequence[float]:
        """Return a number in [0, 1] for each payment, in order."""
        return [self.function(payment) for payment in payments]


if __name__ == "__main__":
    settings, function = cloudpickle.load(sys.stdin.buffer)
    bootstrap(settings, models=replace(baseline(), fraud=Learners(function))).run()
