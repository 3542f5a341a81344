"""Judging the model that chooses delays: by what its choices are worth on payments that were retried at random."""

import numpy as np
from numpy.typing import NDArray

from services.simulator.behaviour.recovery import SCHEDULE_S
from services.training import baselines
from services.training.costs import retry_value
from services.training.examples import Examples, Part
from services.training.judging import importance, parts, reach, scored, segments
from services.training.metrics import Estimate, Ranking, calibration_error, estimate, mean, weights_by_customer
from services.training.policy import DELAYS_S, Model, chances, choices, observed_values
from services.training.report import Report

Column = NDArray[np.float64]
PRIMARY = "value_usd"
"""Per failed payment, from random delays: what anybody can measure who explores."""
TRUE = "true_value_usd"
"""The same by the simulator's truth."""


def chosen_delays(model: Model, part: Part) -> Column:
    """Return the model's choice for each payment, in seconds, NaN for none."""
    occurred_at_s = part.frame["occurred_at_s"].to_numpy(dtype=np.float64)
    return choices(chances(model, part.features, occurred_at_s), part.amounts_usd)


def values(delays: Column, part: Part) -> Column:
    """Return estimates of what the choices were worth: shape (examples,)."""
    tried = part.frame["retry_in_s"].to_numpy(dtype=np.float64)
    return observed_values(delays, tried, part.labels, part.amounts_usd)


def judge(model: Model, examples: Examples, truth: tuple[Column, Column] | None, seed: int) -> Report:
    """Return what the test says.

    Args:
        model: chances of recovery.
        examples: with a test of random delays.
        truth: chances by the truth, for each of `DELAYS_S`: shape (tests, delays); and for the delay that was tried:
            shape (tests,); None where it is not known.
        seed: of the resampling.
    """
    test = examples.test
    samples = weights_by_customer(test.customers, seed)
    attempts = test.frame["attempt_number"].to_numpy(dtype=np.int64)
    delays = {
        "model": chosen_delays(model, test),
        "rules": baselines.rules_delays(test),
        "schedule": np.array([float(SCHEDULE_S[attempt - 1]) for attempt in attempts]),
        "never": np.full(len(attempts), np.nan),
    }
    if truth is not None:
        delays["oracle"] = choices(truth[0], test.amounts_usd)
    worth = {name: values(chosen, test) for name, chosen in delays.items()}
    figures = {name: {PRIMARY: estimate(mean(value), samples)} for name, value in worth.items()}
    if truth is not None:
        for name, chosen in delays.items():
            figures[name][TRUE] = estimate(mean(_true_values(chosen, truth[0], test)), samples)
    probabilities = scored(model, test)
    figures["model"] |= _probability_figures(probabilities, test, samples)
    figures["prior"] = _probability_figures(baselines.prior(examples.train, test), test, samples)
    if truth is not None:
        figures["oracle"] |= _probability_figures(truth[1], test, samples)
    decisive = PRIMARY if truth is None else TRUE
    best = max(("rules", "schedule", "never"), key=lambda name: figures[name][decisive].value)
    own, other = (
        (worth[name] if truth is None else _true_values(delays[name], truth[0], test)) for name in ("model", best)
    )
    return Report(
        task="retry",
        primary=decisive,
        figures=figures,
        baseline=best,
        difference=estimate(lambda weights: _above(own, other, weights), samples),
        margin=examples.task.margin,
        reach=reach(figures, best, decisive),
        threshold=None,
        calibration_error=calibration_error(probabilities, test.labels),
        segments=segments(test, probabilities),
        importance=importance(model, test, seed),
        examples={name: (len(part.labels), int(part.labels.sum())) for name, part in parts(examples).items()},
    )


def _above(own: Column, other: Column, weights: Column) -> float:
    """Return by which share one mean is above the other."""
    baseline = float(np.average(other, weights=weights))
    return (float(np.average(own, weights=weights)) - baseline) / max(abs(baseline), 1e-9)


def _true_values(delays: Column, chances_by_delay: Column, test: Part) -> Column:
    """Return what the choices are worth by the truth; a delay between two of `DELAYS_S` takes the chance between."""
    grid = np.log(np.array(DELAYS_S))
    at = np.log(np.where(np.isnan(delays), DELAYS_S[0], delays))
    chance = np.array([np.interp(where, grid, row) for where, row in zip(at, chances_by_delay, strict=True)])
    return np.where(np.isnan(delays), 0.0, retry_value(chance, test.amounts_usd, delays))


def _probability_figures(scores: Column, test: Part, samples: list[Column]) -> dict[str, Estimate]:
    ranking = Ranking(scores, test.labels)
    return {
        "average_precision": estimate(ranking.average_precision, samples),
        "roc_auc": estimate(ranking.roc_auc, samples),
        "brier": estimate(mean((scores - test.labels) ** 2), samples),
    }
