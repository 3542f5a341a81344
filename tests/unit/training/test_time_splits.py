"""Parts of the history: nothing that is known too late gets into training."""

from datetime import UTC, datetime, timedelta

import pytest

from services.training.errors import TooLittleHistoryError
from services.training.splits import WARM_UP, split
from services.training.tasks import CHURN, FRAUD, RETRY, TaskSpec

BEGINS = datetime(2026, 5, 5, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=180)
every_task = pytest.mark.parametrize("task", [FRAUD, CHURN, RETRY], ids=lambda task: task.name)


@every_task
def test_every_label_of_training_is_known_before_the_test_begins(task: TaskSpec) -> None:
    parts = split(task, BEGINS, ENDS)

    assert parts.validated + task.horizon == parts.test
    assert parts.tested + task.horizon == ENDS


@every_task
def test_the_parts_follow_each_other_after_the_warm_up(task: TaskSpec) -> None:
    parts = split(task, BEGINS, ENDS)

    assert BEGINS + WARM_UP == parts.train < parts.validate < parts.validated < parts.test < parts.tested
    assert parts.part(parts.train) == "train"
    assert parts.part(parts.validate) == "validate"
    assert parts.part(parts.validated) is None
    assert parts.part(parts.test) == "test"
    assert parts.part(parts.tested) is None


def test_a_history_that_is_too_short_is_refused_with_what_it_would_take() -> None:
    with pytest.raises(TooLittleHistoryError, match=r"fraud needs a history of 121 days; this one has 90"):
        split(FRAUD, BEGINS, BEGINS + timedelta(days=90))
