"""What goes wrong while a stage is asked."""

from services.contracts.errors import LakehouseError


class StageUnavailableError(LakehouseError):
    """A stage could not be asked: its server is down or refuses. Says nothing about where an event is."""
