"""Delays: features, the choice by expected value, and what a choice was worth by what was tried at random."""

from datetime import UTC, datetime

import numpy as np
import pytest

from services.features.delays import delay_features
from services.training.policy import DELAYS_S, EXPLORED_FROM_S, EXPLORED_TO_S, choices, observed_values

DAY_S = 86_400.0


def test_a_delay_says_which_paydays_it_passes() -> None:
    noon = np.full(4, datetime(2026, 6, 13, 12, tzinfo=UTC).timestamp())

    found = delay_features(noon, np.array([1, 2, 12, 18]) * DAY_S)

    assert found["passes_fifteenth"].tolist() == [0, 1, 1, 1]
    assert found["passes_25th"].tolist() == [0, 0, 1, 1]
    assert found["passes_first"].tolist() == [0, 0, 0, 1]
    assert found["day_of_month_then"].tolist() == [14, 15, 25, 1]


def test_the_delay_of_the_highest_expected_value_is_chosen() -> None:
    chance = np.zeros((1, len(DELAYS_S)))
    chance[0, 3], chance[0, 8] = 0.50, 0.52

    assert choices(chance, np.array([100.0])).tolist() == [DELAYS_S[3]]  # waiting a week costs more than it brings


def test_what_is_not_worth_an_attempt_is_not_tried_again() -> None:
    assert np.isnan(choices(np.full((1, len(DELAYS_S)), 0.001), np.array([20.0]))).all()


@pytest.mark.parametrize("delay_s", [DELAYS_S[0], DELAYS_S[4], DELAYS_S[-1]])
def test_random_delays_tell_without_bias_what_a_choice_is_worth(delay_s: float) -> None:
    rng = np.random.default_rng(5)
    count = 400_000
    tried = EXPLORED_FROM_S * (EXPLORED_TO_S / EXPLORED_FROM_S) ** rng.random(count)
    recovered = rng.random(count) < 0.4

    found = observed_values(np.full(count, delay_s), tried, recovered, np.full(count, 100.0))

    expected = 0.4 * 20 * (1 - 0.01 * delay_s / DAY_S) - 0.10
    assert found.mean() == pytest.approx(expected, rel=0.02)


def test_no_retry_is_worth_nothing() -> None:
    assert observed_values(np.array([np.nan]), np.array([3_600.0]), np.array([True]), np.array([10.0])).tolist() == [0]
