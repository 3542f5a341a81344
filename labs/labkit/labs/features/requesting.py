"""Exercise 5: a feature of the payment itself: the same function offline, on a column, and online, on a row."""

from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.features import town
from labkit.servers.unwarned import quietly
from labkit.spec import Passed

with quietly():
    from feast import FeatureStore, FeatureView, Field, RequestSource
    from feast.on_demand_feature_view import OnDemandFeatureView
    from feast.types import Float32, Float64, Int64, String

USUAL: Final = "customer_log_usd_mean_90d"
AMOUNT: Final = "amount_usd_cents"
NAME: Final = "amount_above_usual"
UNTIL: Final = town.ENDS - timedelta(days=5)
ONLINE: Final = 12


def check(attempt: Attempt) -> Passed:
    """Try the function on columns told by hand, then hang it into Feast, and compare offline with online."""
    attempt.written()
    if mistake := _of_columns(attempt):
        raise WrongAnswerError(mistake)
    payments = town.charges()[["customer_id", AMOUNT]].drop_duplicates("customer_id").sample(200, random_state=11)
    asked = payments.assign(event_timestamp=UNTIL).reset_index(drop=True)
    names = [f"guest:{USUAL}", f"payment:{NAME}"]
    with town.own_store() as store:
        _hang_in(store, attempt)
        offline = store.get_historical_features(entity_df=asked, features=names).to_df()
        store.materialize(UNTIL - timedelta(days=90), UNTIL)
        online = [_online(store, row, names) for row in asked.head(ONLINE).to_dict("records")]
    for place, found in enumerate(online):
        if not np.isclose(found, offline[NAME].iloc[place], equal_nan=True):
            raise WrongAnswerError(
                f"one payment has {offline[NAME].iloc[place]:.4f} in a training set and {found:.4f} online"
            )
    return Passed(
        "the same function, the same number: in a training set and for one payment at the counter",
        {
            "offline": f"{len(offline)} payments in one column",
            "online": f"{ONLINE} of them, one at a time",
            "unknown": f"{int(offline[NAME].isna().sum())} guests without a payment in 90 days",
        },
    )


def _hang_in(store: FeatureStore, attempt: Attempt) -> None:
    guest, payment = town.guest(), RequestSource(name="payment_request", schema=[Field(name=AMOUNT, dtype=Int64)])
    view = FeatureView(
        name="guest",
        entities=[guest],
        ttl=timedelta(days=90),
        schema=[Field(name="customer_id", dtype=String), Field(name=USUAL, dtype=Float32)],
        source=town.source(),
    )

    def udf(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({NAME: attempt(frame)}, index=frame.index)

    on_demand = OnDemandFeatureView(
        name="payment",
        sources=[view, payment],
        schema=[Field(name=NAME, dtype=Float64)],
        udf=udf,  # type: ignore[arg-type] # it is a function; Feast's annotation is narrower
        udf_string=NAME,
        mode="pandas",
    )
    store.apply([guest, view, on_demand])


def _online(store: FeatureStore, row: dict[str, Any], names: list[str]) -> float:
    entity = {"customer_id": row["customer_id"], AMOUNT: row[AMOUNT]}
    found = store.get_online_features(features=names, entity_rows=[entity]).to_dict()[NAME][0]
    return float("nan") if found is None else float(found)


def _columns(cents: list[int], usual: list[float]) -> pd.DataFrame:
    return pd.DataFrame({AMOUNT: cents, USUAL: np.array(usual, dtype=np.float32)})


def _of_columns(attempt: Attempt) -> str | None:
    """Three payments of a guest who usually pays ten dollars, and of one who is unknown."""
    ten = float(np.log(1_000.0))
    frame = _columns([1_000, 2_000, 500, 900], [ten, ten, ten, float("nan")])
    found = attempt(frame.copy())
    try:
        values = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError):
        return f"`{NAME}` returned a {type(found).__name__} that is no column of numbers"
    if values.shape != (4,):
        return f"four payments went in, and a result of shape {values.shape} came out: one number for each"
    if not np.isnan(values[3]):
        return (
            f"a guest of whom nothing is known is {values[3]:.2f} above the usual: 0 would say 'as always'. What is "
            "unknown is NaN, and the model is told so"
        )
    if np.isclose(values[1], -np.log(2), atol=1e-3):
        return "twice the usual gives a negative number: the amount *above* the usual is the payment less the usual"
    if not np.isclose(values[0], 0.0, atol=1e-3) or not np.isclose(values[1], np.log(2), atol=1e-3):
        return _of_scale(values, attempt)
    return _of_batches(attempt, values[1]) or _of_nothing(attempt)


def _of_scale(values: np.ndarray[Any, Any], attempt: Attempt) -> str:
    alone = float(np.asarray(attempt(_columns([2_000], [float(np.log(1_000.0))])), dtype=np.float64)[0])
    if not np.isclose(alone, values[1], atol=1e-6):
        return _depends(values[1], alone)
    return (
        f"as usual gives {values[0]:.3f} and twice as much {values[1]:.3f}; asked for was the difference of natural "
        "logarithms of US cents, 0 and 0.693"
    )


def _of_batches(attempt: Attempt, together: float) -> str | None:
    alone = float(np.asarray(attempt(_columns([2_000], [float(np.log(1_000.0))])), dtype=np.float64)[0])
    return None if np.isclose(alone, together, atol=1e-6) else _depends(together, alone)


def _depends(together: float, alone: float) -> str:
    return (
        f"one payment has {together:.3f} in the company of others and {alone:.3f} alone: at the counter every payment "
        "is alone, and a mean over the column is another there"
    )


def _of_nothing(attempt: Attempt) -> str | None:
    found = float(np.asarray(attempt(_columns([0], [1.0])), dtype=np.float64)[0])
    return None if np.isfinite(found) else f"a payment of 0 cents gives {found}: count less than one cent as one"
