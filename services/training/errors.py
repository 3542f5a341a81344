"""What can go wrong, and what mends it."""

from services.contracts.errors import LakehouseError


class TrainingError(LakehouseError):
    """The base of this service's errors."""


class TooLittleHistoryError(TrainingError):
    """The history is too short for the splits, or has no example of one kind."""


class RegistryUnavailableError(TrainingError):
    """MLflow does not answer."""


class PromotionRefusedError(TrainingError):
    """The gate refused a challenger; `reasons` says why, one sentence each."""

    def __init__(self, model: str, reasons: tuple[str, ...]) -> None:
        super().__init__(f"{model} is not promoted: " + "; ".join(reasons))
        self.reasons = reasons
