"""When the sensor asks for a batch, and that nothing is switched on by itself."""

from collections.abc import Iterator

import dagster as dg
import pytest

from services.ingestion import automation
from services.ingestion.automation import BATCH_JOB, unloaded_rows_waiting
from services.ingestion.tables import BronzeTable


class Waiting:
    """A bronze with so many rows waiting in each table."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def waiting(self, table: BronzeTable) -> int:  # noqa: ARG002 - the port's signature
        return self._rows


@pytest.fixture
def history() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def asked(history: dg.DagsterInstance, rows: int) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_sensor_context(instance=history, resources={"postgres": Waiting(rows)})
    answer = unloaded_rows_waiting(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def test_rows_that_wait_start_a_batch(history: dg.DagsterInstance) -> None:
    answer = asked(history, 21)

    assert isinstance(answer, dg.RunRequest)
    assert answer.tags == {"rows_waiting": "42"}


def test_the_same_rows_ask_again_after_a_batch_that_failed(history: dg.DagsterInstance) -> None:
    answer = asked(history, 1)

    assert isinstance(answer, dg.RunRequest)
    assert answer.run_key is None


def test_no_rows_start_nothing(history: dg.DagsterInstance) -> None:
    assert isinstance(asked(history, 0), dg.SkipReason)


def test_a_batch_under_way_is_not_started_twice(history: dg.DagsterInstance) -> None:
    history.add_run(dg.DagsterRun(job_name=BATCH_JOB, status=dg.DagsterRunStatus.STARTED))

    answer = asked(history, 1)

    assert isinstance(answer, dg.SkipReason)
    assert "under way" in str(answer.skip_message)


def test_nothing_is_switched_on_by_itself() -> None:
    for schedule in (automation.batch_schedule, automation.maintenance_schedule):
        assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    assert unloaded_rows_waiting.default_status == dg.DefaultSensorStatus.STOPPED
