"""The oracle's chances are those of the simulator: what they promise comes true on the whole."""

import numpy as np
import pandas as pd
import pytest

from services.simulator.history.generation import History
from services.training import truth


@pytest.fixture(scope="module")
def charges() -> pd.DataFrame:
    """The truth of a history, with whether the next attempt at the payment succeeded after the planned delay."""
    past = History(60_000, seed=5)
    rows = {
        f"stripe:{step.event_id}": (step.payment.id, step.attempt.number, step.attempt.retry)
        for step in past.steps()
        if step.type in ("charge.succeeded", "charge.failed")
    }
    told = truth.truth(past).charges
    succeeded = {(rows[key][0], rows[key][1]) for key in told.index[told["reason"].isna()]}
    plans = [rows[key] for key in told.index]
    return told.assign(
        explored_s=[float(plan.delay_s) if plan and plan.policy == "explore" else np.nan for _, _, plan in plans],
        recovered=[(payment, number + 1) in succeeded for payment, number, _ in plans],
    )


@pytest.mark.parametrize("reason", ["processing_error", "do_not_honor", "insufficient_funds", "expired_card"])
def test_retries_succeed_as_often_as_the_oracle_says(charges: pd.DataFrame, reason: str) -> None:
    # What begins in the last weeks may end after the history.
    early = charges["at"] < charges["at"].max() - 30 * 86_400
    tried = charges[charges["explored_s"].notna() & (charges["reason"] == reason) & early & (charges["attempt"] == 1)]

    said = truth.retry_chances(tried, tried["explored_s"].to_numpy(dtype=np.float64))

    error = 4 * np.sqrt((said * (1 - said)).sum()) / len(tried)
    assert len(tried) >= 5
    assert tried["recovered"].mean() == pytest.approx(said.mean(), abs=error + 0.02)


def test_lost_cards_and_thieves_never_recover(charges: pd.DataFrame) -> None:
    hopeless = charges[(charges["reason"] == "lost_card") | (charges["stolen"] & charges["reason"].notna())]

    assert len(hopeless)
    assert not truth.retry_chances(hopeless, np.full(len(hopeless), 86_400.0)).any()


def test_a_thief_is_reported_far_more_often_than_a_customer(charges: pd.DataFrame) -> None:
    chances = pd.Series(truth.fraud_chances(charges), index=charges.index).groupby(charges["stolen"]).first()

    assert chances[True] == pytest.approx(0.904, abs=0.001)
    assert chances[False] < 0.002
