"""Judging a model that scores (fraud, churn) on its test: against baselines and oracle, in segments, with intervals."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.inspection import permutation_importance

from services.training import baselines, costs
from services.training.examples import Examples, Part
from services.training.metrics import Estimate, Ranking, calibration_error, estimate, mean, weights_by_customer
from services.training.policy import Model
from services.training.report import Report, Segment
from services.training.segments import SEGMENTS

Column = NDArray[np.float64]
PRIMARY = "average_precision"
IMPORTANCE_ROWS = 4_000


def scored(model: Model, part: Part) -> Column:
    """Return the model's probabilities: shape (examples,)."""
    return model.predict_proba(part.features)[:, 1]


def judge(model: Model, examples: Examples, oracle: Column | None, seed: int) -> Report:
    """Return what the test says. `oracle` has the chances of the test's labels, given the truth; None if unknown."""
    task, test, validate = examples.task.name, examples.test, examples.validate
    samples = weights_by_customer(test.customers, seed)
    scores = {
        "model": scored(model, test),
        "rules": baselines.rules(task, test),
        "prior": baselines.prior(examples.train, test),
    }
    to_choose_by = {
        "model": scored(model, validate),
        "rules": baselines.rules(task, validate),
        "prior": baselines.prior(examples.train, validate),
    }
    thresholds = {
        name: costs.best_threshold(task, chosen, validate.labels, validate.amounts_usd)
        for name, chosen in to_choose_by.items()
    }
    if oracle is not None:
        scores["oracle"] = oracle
        thresholds["oracle"] = costs.best_threshold(task, oracle, test.labels, test.amounts_usd)
    figures = {name: _figures(task, test, score, thresholds[name], samples) for name, score in scores.items()}
    best = max(("rules", "prior"), key=lambda name: figures[name][PRIMARY].value)
    rankings = {name: Ranking(scores[name], test.labels) for name in ("model", best)}
    return Report(
        task=task,
        primary=PRIMARY,
        figures=figures,
        baseline=best,
        difference=estimate(
            lambda weights: rankings["model"].average_precision(weights) - rankings[best].average_precision(weights),
            samples,
        ),
        margin=examples.task.margin,
        reach=reach(figures, best, PRIMARY),
        threshold=thresholds["model"],
        calibration_error=calibration_error(scores["model"], test.labels),
        segments=segments(test, scores["model"]),
        importance=importance(model, test, seed),
        examples={name: _count(part) for name, part in parts(examples).items()},
    )


def parts(examples: Examples) -> dict[str, Part]:
    """Return the parts by name."""
    return {"train": examples.train, "validate": examples.validate, "test": examples.test}


def _count(part: Part) -> tuple[int, int]:
    return len(part.labels), int(part.labels.sum())


def _figures(task: str, test: Part, scores: Column, threshold: float, samples: list[Column]) -> dict[str, Estimate]:
    ranking = Ranking(scores, test.labels)
    acted = scores >= threshold
    return {
        PRIMARY: estimate(ranking.average_precision, samples),
        "roc_auc": estimate(ranking.roc_auc, samples),
        "brier": estimate(mean((scores - test.labels) ** 2), samples),
        "cost_usd": estimate(mean(costs.COSTS[task](acted, test.labels, test.amounts_usd)), samples),
    }


def reach(figures: Mapping[str, Mapping[str, Estimate]], baseline: str, primary: str) -> float | None:
    """Return which share of the oracle's lead over the baseline the model has; None without an oracle."""
    if "oracle" not in figures:
        return None
    low, own, high = (figures[name][primary].value for name in (baseline, "model", "oracle"))
    return (own - low) / (high - low) if high > low else None


def segments(test: Part, scores: Column) -> dict[str, Segment]:
    """Return the average precision in each named segment."""
    found = {}
    for name, chosen_in in SEGMENTS.items():
        chosen = chosen_in(test.frame)
        labels = test.labels[chosen]
        precision = Ranking(scores[chosen], labels).average_precision(np.ones(len(labels))) if labels.any() else 0.0
        found[name] = Segment(len(labels), int(labels.sum()), precision)
    return found


def importance(model: Model, test: Part, seed: int) -> dict[str, float]:
    """Return by how much the average precision falls when a feature is shuffled: the ten largest."""
    rows = np.random.default_rng(seed).permutation(len(test.labels))[:IMPORTANCE_ROWS]
    found = permutation_importance(
        model, test.features.iloc[rows], test.labels[rows], scoring=PRIMARY, n_repeats=2, random_state=seed
    )
    order = np.argsort(-found.importances_mean, kind="stable")[:10]
    return {test.inputs[place]: float(found.importances_mean[place]) for place in order}
