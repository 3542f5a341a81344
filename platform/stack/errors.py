"""Failures that the learner can mend."""

from services.contracts.errors import LakehouseError


class StackError(LakehouseError):
    """Something about the platform is wrong. `remedy` says what to do about it."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}\n  → {remedy}" if remedy else problem)
