"""Wires the orchestrator. A lab swaps the workflow, or one activity by its name."""

from collections.abc import Callable, Mapping
from typing import Any

from services.orchestrator.errors import OrchestratorError
from services.orchestrator.policies import POLICIES
from services.orchestrator.service import Orchestrator
from services.orchestrator.settings import OrchestratorSettings
from services.orchestrator.workflow import ProcessPayment


def bootstrap(
    settings: OrchestratorSettings,
    *,
    workflow: type = ProcessPayment,
    activities: Mapping[str, Callable[..., Any]] | None = None,
) -> Orchestrator:
    """Return the orchestrator, not yet running.

    Args:
        settings: where everything is.
        workflow: a class with `@workflow.defn` whose run method takes a `Payment`. Defined in a notebook it needs
            `sandboxed=False`, because the sandbox imports a workflow's module again.
        activities: functions with `@activity.defn(name=…)` to run in the place of those of that name.

    Raises:
        OrchestratorError: an activity of that name does not exist.
    """
    replacements = activities or {}
    unknown = sorted(replacements.keys() - POLICIES.keys())
    if unknown:
        raise OrchestratorError(f"there is no activity {unknown[0]!r}; there are {', '.join(sorted(POLICIES))}")
    return Orchestrator(settings, workflow, replacements)
