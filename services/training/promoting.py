"""Promotion: the challenger meets the champion on the challenger's own test, and the gate decides."""

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from services.training.errors import PromotionRefusedError, TrainingError
from services.training.gate import Duel, objections
from services.training.metrics import Ranking, estimate, weights_by_customer
from services.training.policy import chances, choices, observed_values
from services.training.registry import CHALLENGER, CHAMPION, Registered, Registry
from services.training.report import Segment
from services.training.segments import SEGMENTS
from services.training.tasks import TASKS

Column = NDArray[np.float64]


def promote(registry: Registry, task: str, seed: int) -> str:
    """Make the challenger the champion, and return its version.

    Raises:
        PromotionRefusedError: the gate has objections, all of which it names.
        TrainingError: there is no challenger.
        RegistryUnavailableError: MLflow does not answer.
    """
    challenger = registry.at(task, CHALLENGER)
    if challenger is None:
        raise TrainingError(f"{task} has no challenger; `python -m services.training` trains one")
    champion = registry.at(task, CHAMPION)
    against = objections(challenger.report, challenger.budgets, duel(challenger, champion, seed) if champion else None)
    registry.note(task, challenger.version, "; ".join(against) or "passed")
    if against:
        raise PromotionRefusedError(f"{task} version {challenger.version}", against)
    registry.crown(task, challenger.version)
    return challenger.version


def duel(challenger: Registered, champion: Registered, seed: int) -> Duel:
    """Return how both do on the challenger's test, which neither was trained on if it is the newer one."""
    test = challenger.test
    samples = weights_by_customer(test["customer"].to_numpy(dtype=object), seed)
    labels = test["label"].to_numpy(dtype=np.bool_)
    both = [_probabilities(each.model, challenger) for each in (challenger, champion)]
    if challenger.task == "retry":
        own, other = (_retry_values(each, challenger) for each in (challenger, champion))
        difference = estimate(
            lambda weights: float(
                np.average(own - other, weights=weights) / max(abs(np.average(other, weights=weights)), 1e-9)
            ),
            samples,
        )
    else:
        new, old = (Ranking(scores, labels) for scores in both)
        difference = estimate(lambda weights: new.average_precision(weights) - old.average_precision(weights), samples)
    return Duel(difference, _segments(challenger, both[1], labels))


def _probabilities(model: ClassifierMixin, of: Registered) -> Column:
    scores: Column = model.predict_proba(of.test[list(TASKS[of.task].inputs)])[:, 1]
    return scores


def _retry_values(model: Registered, of: Registered) -> Column:
    test = of.test
    amounts = test["amount_usd_cents"].to_numpy(dtype=np.float64) / 100
    inputs = test[list(TASKS["retry"].inputs)]
    chosen = choices(chances(model.model, inputs, test["occurred_at_s"].to_numpy(dtype=np.float64)), amounts)
    return observed_values(
        chosen, test["retry_in_s"].to_numpy(dtype=np.float64), test["label"].to_numpy(dtype=np.bool_), amounts
    )


def _segments(of: Registered, scores: Column, labels: NDArray[np.bool_]) -> dict[str, Segment]:
    found = {}
    for name, chosen_in in SEGMENTS.items():
        chosen = chosen_in(of.test)
        own = labels[chosen]
        precision = Ranking(scores[chosen], own).average_precision(np.ones(len(own))) if own.any() else 0.0
        found[name] = Segment(len(own), int(own.sum()), precision)
    return found
