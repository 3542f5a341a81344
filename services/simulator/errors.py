"""What can go wrong while sending."""

from services.contracts.errors import LakehouseError


class UnavailableError(LakehouseError):
    """The gateway answered 503: Kafka did not acknowledge. Sending the event again is safe."""
