"""The simulator's truth, for a history that it made: what an oracle would say that knows what no event tells.

Only evaluation reads this. The chances follow from the constants of `services.simulator.behaviour`.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from services.simulator.behaviour import aftermath, churn, recovery, shopping
from services.simulator.chance import DAY_S, HOUR_S
from services.simulator.history.generation import History

Column = NDArray[np.float64]

RECOVERY_CHANCES: Final = {
    "processing_error": 0.98,
    "do_not_honor": 0.69,
    "insufficient_funds": 0.47,
    "expired_card": 0.31,
}
"""In the end, with the shop's retries: measured, see the simulator's README. Other failures are never recovered."""


@dataclass(frozen=True)
class Truth:
    """One row per charge, by its event id: who paid, and how the customer is."""

    charges: pd.DataFrame

    def covers(self, event_ids: pd.Series) -> bool:
        """Tell whether all these charges are of the history that this is the truth of."""
        return bool(event_ids.isin(self.charges.index).all())

    def of(self, event_ids: pd.Series) -> pd.DataFrame:
        """Return the rows of these charges, in their order. Raises `KeyError` if one is of another history."""
        return self.charges.loc[event_ids]


def truth(past: History) -> Truth:
    """Tell a history again, and keep what its events leave out."""
    rows: list[tuple[Any, ...]] = []
    for step in past.steps():
        if step.type not in ("charge.succeeded", "charge.failed"):
            continue
        payment, attempt, customer = step.payment, step.attempt, step.payment.customer
        reason = attempt.failure.reason if attempt.failure else None
        rows.append(
            (f"stripe:{step.event_id}", payment.stolen, customer.habit, customer.cadence_s, customer.payday,
             payment.merchant.quality, reason, attempt.number, step.at, payment.created)
        )  # fmt: skip
    columns = ["event_id", "stolen", "habit", "cadence_s", "payday", "quality", "reason", "attempt", "at", "created"]
    return Truth(pd.DataFrame(rows, columns=columns).set_index("event_id"))


def fraud_chances(charges: pd.DataFrame) -> Column:
    """Return the chance of a fraud report, given whether a thief paid."""
    warned = aftermath.WARNED_RATE * (1 - aftermath.BARE_WARNING_SHARE)
    reported = 1 - (1 - warned) * (1 - aftermath.FRAUD_DISPUTED_RATE)
    return np.where(charges["stolen"], reported, aftermath.FRIENDLY_FRAUD_RATE)


def churn_chances(charges: pd.DataFrame, horizon_s: float) -> Column:
    """Return the chance that no payment succeeds within the horizon, given habit, troubles, the merchant's quality."""
    recovered = charges["reason"].map(RECOVERY_CHANCES).fillna(0.0).to_numpy()
    failed = charges["reason"].notna().to_numpy()
    recovered = np.where(charges["stolen"], 0.0, recovered)
    anyway = charges["habit"].map(churn.LEAVES_ANYWAY).to_numpy() + churn.POOR_QUALITY * (
        1 - charges["quality"].to_numpy()
    )
    trouble = np.where(
        charges["stolen"],
        churn.DISPUTED,
        np.where(
            failed,
            recovered * churn.FAILED_AND_RECOVERED + (1 - recovered) * churn.FAILED_FOR_GOOD,
            np.where(charges["attempt"] > 1, churn.FAILED_AND_RECOVERED, 0.0),
        ),
    )
    leaves = np.minimum(anyway + trouble, 1.0)
    # The time between two visits is lognormal, with the customer's cadence as its mean.
    spread = charges["habit"].map(shopping.CADENCE_JITTER).to_numpy(dtype=np.float64)
    elapsed_s = (charges["at"] - charges["created"]).to_numpy(dtype=np.float64)
    gone = _later(horizon_s + elapsed_s, charges["cadence_s"].to_numpy(dtype=np.float64), spread)
    gone = gone / np.maximum(_later(elapsed_s, charges["cadence_s"].to_numpy(dtype=np.float64), spread), 1e-9)
    return np.where(failed, 1 - recovered, 1.0) * (leaves + (1 - leaves) * np.minimum(gone, 1.0))


def _later(seconds: Column, cadence_s: Column, spread: Column) -> Column:
    """Return the chance that the next visit comes later than this after the last one."""
    width = np.maximum(spread, 1e-6)
    return 1 - ndtr((np.log(np.maximum(seconds, 1.0) / cadence_s) + spread**2 / 2) / width)


def retry_chances(charges: pd.DataFrame, delay_s: Column) -> Column:
    """Return the chance that a retry after each delay goes through.

    The shape is that of the delays: (charges, delays), or (charges,) for one each. What made the first attempt fail had
    not cleared by this one, and the buyer had not given up.
    """
    delays = delay_s if delay_s.ndim > 1 else delay_s[:, None]
    elapsed = (charges["at"] - charges["created"]).to_numpy(dtype=np.float64)[:, None]
    cleared = np.zeros(np.broadcast_shapes(delays.shape, elapsed.shape))
    for reason, share in _CLEARED.items():
        chosen = (charges["reason"] == reason).to_numpy() & ~charges["stolen"].to_numpy(dtype=np.bool_)
        paydays = np.array(
            [
                recovery.next_payday(int(at), int(day)) - at
                for at, day in charges.loc[chosen, ["created", "payday"]].to_numpy()
            ]
        )[:, None]
        before = np.where(charges.loc[chosen, "attempt"].to_numpy()[:, None] > 1, share(elapsed[chosen], paydays), 0.0)
        then = share(elapsed[chosen] + delays[chosen], paydays)
        cleared[chosen] = np.divide(then - before, 1 - before, out=np.zeros_like(then), where=before < 1)
    patience = _patient(elapsed + delays) / np.maximum(_patient(elapsed), 1e-9)
    chance = cleared * patience
    return chance if delay_s.ndim > 1 else chance[:, 0]


def _patient(seconds: Column) -> Column:
    median_s = recovery.PATIENCE_DAYS * DAY_S
    return 1 - ndtr(np.log(np.maximum(seconds, 1.0) / median_s) / recovery.PATIENCE_SPREAD)


def _outage(seconds: Column, _: Column) -> Column:
    return 1 - np.exp(-seconds / (recovery.OUTAGE_MINUTES * 60))


def _refusal(seconds: Column, _: Column) -> Column:
    median_s = recovery.REFUSAL_HOURS * HOUR_S
    ends = ndtr(np.log(np.maximum(seconds, 1.0) / median_s) / recovery.REFUSAL_SPREAD)
    return (1 - recovery.REFUSED_FOR_GOOD_RATE) * ends


def _funds(seconds: Column, paydays: Column) -> Column:
    earlier = 1 - np.exp(-seconds / (recovery.ODD_JOB_DAYS * DAY_S))
    return np.where(seconds >= paydays, 1.0, earlier)


def _new_card(seconds: Column, _: Column) -> Column:
    return (1 - recovery.CARD_NEVER_UPDATED_RATE) * (1 - np.exp(-seconds / (recovery.NEW_CARD_DAYS * DAY_S)))


_CLEARED: Final = {
    "processing_error": _outage,
    "do_not_honor": _refusal,
    "insufficient_funds": _funds,
    "expired_card": _new_card,
}
