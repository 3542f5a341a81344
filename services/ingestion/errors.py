"""What can go wrong on purpose while a batch is loaded."""

from services.contracts.errors import LakehouseError


class IngestionError(LakehouseError):
    """The base of this service's errors."""


class IngestionBusyError(IngestionError):
    """Another run holds the table's lock for longer than this one is willing to wait."""


class DbtError(IngestionError):
    """A dbt command failed; dbt's own output has the details."""
