"""What can go wrong between Kafka and bronze, apart from servers that are away."""

from services.contracts.errors import LakehouseError
from services.orchestrator.messages import Violation


class OrchestratorError(LakehouseError):
    """The base of what the orchestrator raises on purpose."""


class RowRefusedError(OrchestratorError):
    """PostgreSQL will never take this row, however often it is tried."""


class BronzeAwayError(OrchestratorError):
    """PostgreSQL cannot be reached, or lost the connection; the same statement may work later."""


class RequestRefusedError(OrchestratorError):
    """Inference answered 4xx: the same request would be refused again."""


class StartRefusedError(OrchestratorError):
    """Temporal will never start this workflow: its id or its input is not acceptable."""


class SearchAttributesError(OrchestratorError):
    """Temporal cannot search workflows by our attributes; it processes them all the same."""


class ActivityFailedError(OrchestratorError):
    """An activity failed for good: its attempts are used up, or the last error was final."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(f"{violation.field}: {violation.message}")
        self.violation = violation
