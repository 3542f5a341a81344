"""What can go wrong, and what mends it."""

from services.contracts.errors import LakehouseError


class PipelineFailedError(LakehouseError):
    """A step of a run failed."""
