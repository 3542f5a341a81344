"""What can go wrong while scoring."""

from services.contracts.errors import LakehouseError


class InvalidScoreError(LakehouseError):
    """A model returned something other than a number in [0, 1]."""

    def __init__(self, model: str, score: float) -> None:
        super().__init__(f"model {model} returned the score {score!r}; it must be a number in [0, 1]")
