"""What can go wrong while sending and loading."""

from services.contracts.errors import LakehouseError


class UnavailableError(LakehouseError):
    """The gateway gave no answer, or 503: Kafka did not acknowledge. Sending the event again is safe."""


class BronzeUnavailableError(LakehouseError):
    """The bronze database cannot be loaded."""
