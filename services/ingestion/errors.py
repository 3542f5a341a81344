"""What can go wrong on purpose while a batch is loaded."""

from services.contracts.errors import LakehouseError


class IngestionError(LakehouseError):
    """The base of this service's errors."""


class IngestionBusyError(IngestionError):
    """Another run holds the table's lock for longer than this one is willing to wait."""


class CommitUnconfirmedError(IngestionError):
    """The catalog refused a commit, or its answer was lost: only the table itself tells whether it happened."""


class SourceMismatchError(IngestionError):
    """Bronze and the lake are not of the same history; loading would lose rows or load them twice."""


class ColumnChangedError(IngestionError):
    """A bronze column is not what the Iceberg table has under its name."""


class DbtError(IngestionError):
    """A dbt command failed; dbt's own output has the details."""
