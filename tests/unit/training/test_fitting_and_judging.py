"""A model: the same from the same data, calibrated, and judged against what it has to beat."""

import numpy as np
import pytest

from services.training import card, judging
from services.training.fitting import fit
from tests.unit.training.made_up import TELLS, made_up

FAST = {"max_iter": 30}


@pytest.fixture(scope="module")
def examples() -> object:
    return made_up()


def test_the_same_data_and_seed_give_the_same_model_bit_by_bit(examples) -> None:  # noqa: ANN001
    first, second = (fit(made_up(), seed=3, **FAST).predict_proba(examples.test.features) for _ in range(2))

    assert np.array_equal(first, second)


def test_a_model_is_judged_against_the_baselines_and_in_segments(examples) -> None:  # noqa: ANN001
    report = judging.judge(fit(examples, 3, **FAST), examples, oracle=None, seed=3)

    assert report.reached
    assert report.figures["model"]["average_precision"].value > report.figures["rules"]["average_precision"].value
    assert report.figures["model"]["brier"].value < report.figures["prior"]["brier"].value
    assert report.calibration_error < 0.05
    assert next(iter(report.importance)) == TELLS
    assert report.segments["USD"].examples + report.segments["EUR"].examples == 1_500
    assert report.reach is None


def test_an_oracle_gives_the_reach(examples) -> None:  # noqa: ANN001
    report = judging.judge(fit(examples, 3, **FAST), examples, oracle=examples.test.labels.astype(float), seed=3)

    assert report.reach is not None
    assert 0 < report.reach < 1
    assert report.figures["oracle"]["average_precision"].value == 1


def test_what_tells_nothing_does_not_reach_the_margin() -> None:
    nothing = made_up(strength=0.0)

    assert not judging.judge(fit(nothing, 3, **FAST), nothing, oracle=None, seed=3).reached


def test_a_card_names_every_figure_and_says_that_a_margin_was_missed() -> None:
    nothing = made_up(strength=0.0)
    report = judging.judge(fit(nothing, 3, **FAST), nothing, oracle=None, seed=3)

    shown = card.markdown(report, nothing.split, {"seed": "3"})

    assert "MISSED" in shown
    assert all(f"| {scorer} | {metric} |" in shown for scorer, found in report.figures.items() for metric in found)
