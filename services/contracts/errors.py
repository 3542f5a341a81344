"""The base of every error that a service raises on purpose."""


class LakehouseError(Exception):
    """An expected failure. Its message names the field and the remedy, never a payload or a secret."""
