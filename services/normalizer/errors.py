"""Why an event cannot be normalised."""

from services.contracts.errors import LakehouseError


class NormalizationError(LakehouseError):
    """A field of an event does not satisfy the contract. The message tells the field and the reason, never the value.

    Attributes:
        field: where in the event, as a dotted path such as `data.object.amount`; `$` is the whole event.
        reason: what is wrong with it.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
