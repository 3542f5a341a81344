"""Time splits: what could have been known when a model is trained, and what it is then tested on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.training.errors import TooLittleHistoryError
from services.training.tasks import TaskSpec

WARM_UP: Final = timedelta(days=14)
VALIDATION_SHARE: Final = 0.2
LEAST_TRAINING: Final = timedelta(days=14)


@dataclass(frozen=True)
class TimeSplit:
    """`train` … `validate` … `validated`, the gap, `test` … `tested`: each begins where it says; all times are aware.

    An example belongs to a part by when it occurred. At `test` the labels of everything before `validated` are known.
    """

    train: datetime
    validate: datetime
    validated: datetime
    test: datetime
    tested: datetime

    def part(self, at: datetime) -> str | None:
        """Return `train`, `validate` or `test`; None for what is in the gap or outside."""
        if self.train <= at < self.validate:
            return "train"
        if self.validate <= at < self.validated:
            return "validate"
        return "test" if self.test <= at < self.tested else None


def split(task: TaskSpec, begins: datetime, ends: datetime) -> TimeSplit:
    """Return the split of a history that begins and ends (is known up to) at these times.

    Raises:
        TooLittleHistoryError: less than two weeks would be left to train on.
    """
    tested = ends - task.horizon
    test = tested - task.test
    validated = test - task.horizon
    train = begins + WARM_UP
    validate = validated - VALIDATION_SHARE * (validated - train)
    if validate - train < LEAST_TRAINING:
        needed = WARM_UP + LEAST_TRAINING / (1 - VALIDATION_SHARE) + 2 * task.horizon + task.test
        raise TooLittleHistoryError(
            f"{task.name} needs a history of {needed.days} days; this one has {(ends - begins).days}"
        )
    return TimeSplit(train, validate, validated, test, tested)
