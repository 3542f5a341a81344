"""What can go wrong, and what mends it."""

from services.contracts.errors import LakehouseError


class FeaturesError(LakehouseError):
    """The base of this service's errors."""


class NoMartsError(FeaturesError):
    """The marts are not there, or empty."""


class NoFeaturesError(FeaturesError):
    """The feature tables have not been built."""
