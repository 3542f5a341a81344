"""Metrics are scikit-learn's, weights are whole customers, and costs decide where to act."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from services.training import costs
from services.training.metrics import Ranking, calibration_error, estimate, mean, weights_by_customer

CASES = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans(), st.integers(0, 3)), min_size=4)


@given(CASES)
def test_average_precision_and_auc_are_scikit_learns_with_ties_and_weights(
    cases: list[tuple[float, bool, int]],
) -> None:
    scores, labels, weights = (np.array(column) for column in zip(*cases, strict=True))
    weights = weights.astype(np.float64)
    if not weights[labels].sum() or not weights[~labels].sum():
        return
    ranking = Ranking(scores, labels)

    expected = average_precision_score(labels, scores, sample_weight=weights)
    assert ranking.average_precision(weights) == pytest.approx(expected)
    assert ranking.roc_auc(weights) == pytest.approx(roc_auc_score(labels, scores, sample_weight=weights))


def test_a_sample_draws_whole_customers() -> None:
    customers = np.array(["a", "a", "b", "c", "c", "c"], dtype=object)

    for weights in weights_by_customer(customers, seed=1, samples=50):
        assert weights[0] == weights[1]
        assert weights[3] == weights[4] == weights[5]


def test_an_interval_holds_the_mean_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for seed in range(100):
        found = estimate(mean(rng.normal(5, 1, 200)), weights_by_customer(np.arange(200).astype(object), seed))
        inside += found.low <= 5 <= found.high

    assert 88 <= inside <= 100


def test_scores_that_say_what_happens_have_no_calibration_error() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(50_000)
    labels = rng.random(50_000) < scores

    assert calibration_error(scores, labels) < 0.01
    assert calibration_error(scores / 2, labels) == pytest.approx(0.25, abs=0.01)


def test_the_threshold_is_where_acting_costs_least() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random(2_000)
    labels = rng.random(2_000) < scores
    amounts = np.full(2_000, 50.0)

    def cost(threshold: float) -> float:
        return float(costs.fraud(scores >= threshold, labels, amounts).sum())

    chosen = costs.best_threshold("fraud", scores, labels, amounts)
    assert all(cost(chosen) <= cost(other) for other in (*np.linspace(0, 1, 200), 1.1))


def test_nobody_is_stopped_where_it_does_not_pay() -> None:
    scores, labels = np.array([0.9, 0.1]), np.array([False, False])

    assert costs.best_threshold("churn", scores, labels, np.ones(2)) > 1
