"""A clock that jumps: on it a workflow that waits for days ends in a second, on the real server.

Temporal's own time skipping (`WorkflowEnvironment.start_time_skipping`) takes a test server that is a download of its
own. This does the same to one worker's timers, through the SDK's `WorkflowRunner`: the server is asked for short ones,
and each that fires moves the workflow's time on by as long as the workflow had asked for.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import (
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)
from temporalio.workflow import _Definition

A_DAY_TAKES: Final = timedelta(milliseconds=40)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """What a workflow did, and how long after its start by its own clock."""

    what: str
    after: timedelta


@dataclass
class Diary:
    """What workflows did on this clock, by workflow id."""

    moments: dict[str, list[Moment]] = field(default_factory=dict)


class JumpingClock(WorkflowRunner):
    """Runs workflows outside the sandbox, on a clock that jumps from timer to timer."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._plain = UnsandboxedWorkflowRunner()

    def prepare_workflow(self, defn: _Definition) -> None:
        """Nothing to prepare without a sandbox."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return a workflow on a clock of its own."""
        moments = self._diary.moments[det.info.workflow_id] = []
        return _OnTheClock(self._plain.create_instance(det), det.info.start_time, moments)


class _OnTheClock(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance, start: datetime, moments: list[Moment]) -> None:
        self._instance = instance
        self._start = self._now = start
        self._moments = moments
        self._due: dict[int, datetime] = {}

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        for job in act.jobs:
            if job.HasField("fire_timer"):
                self._now = max(self._now, self._due[job.fire_timer.seq])
        act.timestamp.FromDatetime(self._now)
        done = self._instance.activate(act)
        for command in done.successful.commands:
            if command.HasField("start_timer"):
                asked = command.start_timer.start_to_fire_timeout
                self._due[command.start_timer.seq] = self._now + asked.ToTimedelta()
                self._note("timer")
                asked.FromTimedelta(asked.ToTimedelta() / (_DAY / A_DAY_TAKES))
            elif command.HasField("schedule_activity"):
                self._note(command.schedule_activity.activity_type)
            elif command.HasField("complete_workflow_execution"):
                self._note("end")
        return done

    def get_serialization_context(self, command_info: Any) -> Any:  # noqa: ANN401 - the SDK's own
        return self._instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:  # noqa: ANN401 - the SDK's own
        return self._instance.get_external_store_context(command_info)

    def get_info(self) -> Any:  # noqa: ANN401 - the SDK's own
        return self._instance.get_info()

    def _note(self, what: str) -> None:
        self._moments.append(Moment(what, self._now - self._start))
