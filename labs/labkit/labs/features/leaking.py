"""A leak, planted: the same model on features as of each payment, and with one of them as of its label."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

from labkit.labs.features import drawing, town
from labkit.picture import INK, MARK, OTHER, Picture, dress
from labkit.servers.unwarned import quietly
from services.features.columns import CUSTOMER_FEATURES
from services.features.computing import database
from services.features.requests import CHARGES
from services.training.labels import fraud

HORIZON: Final = timedelta(days=30)
TEST: Final = timedelta(days=60)
PLANTED: Final = "customer_fraud_reports_90d"
NAMES: Final = [name for name, kind in CUSTOMER_FEATURES.items() if kind != "String" and not name.endswith("_bits")]


@dataclass(frozen=True)
class Scores:
    """Average precision of a model, in the notebook and at the counter, where nobody knows the future."""

    in_the_notebook: float
    at_the_counter: float
    frauds: int


def payments() -> pd.DataFrame:
    """Return the town's payments with their label, `fraud`, earliest first."""
    with database() as connection:
        connection.register("facts", town.facts())
        connection.execute(f"create temp view charges as {CHARGES}")
        return connection.sql(
            f"select *, label as fraud from ({fraud(HORIZON)}) where customer_id is not null "  # noqa: S608 - our own SQL
            "order by event_timestamp, event_id"
        ).df()


def as_of_each(paid: pd.DataFrame) -> pd.DataFrame:
    """Return the features of each payment as they were known at its time: Feast's point-in-time join."""
    with quietly():
        return (
            town.features()
            .store.get_historical_features(
                entity_df=paid[["event_id", "customer_id", "event_timestamp"]],
                features=[f"customer:{name}" for name in NAMES],
            )
            .to_df()
        )


def with_a_leak(honest: pd.DataFrame, paid: pd.DataFrame) -> pd.DataFrame:
    """Return the honest features, but for one: the guest's reports of fraud, as of the day the label was complete."""
    later = as_of_each(paid.assign(event_timestamp=paid["event_timestamp"] + HORIZON))
    return honest.assign(**{PLANTED: later[PLANTED]})


def score(paid: pd.DataFrame, trained_on: pd.DataFrame, served: pd.DataFrame) -> Scores:
    """Train on the first months, and judge on the last ones: on the same kind of features, and on those served."""
    train, test = _parts(paid)
    model = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, min_samples_leaf=40, random_state=11)
    known = [name for name in NAMES if trained_on.loc[train, name].notna().any()]
    model.fit(_inputs(paid, trained_on, train, known), paid.loc[train, "fraud"])
    labels = paid.loc[test, "fraud"]
    seen, real = (
        float(average_precision_score(labels, model.predict_proba(_inputs(paid, features, test, known))[:, 1]))
        for features in (trained_on, served)
    )
    return Scores(seen, real, int(labels.sum()))


def _parts(paid: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which payments are to learn from, and which to judge by; between them a gap as long as the horizon."""
    at, tested = paid["event_timestamp"], town.ENDS - HORIZON
    return (at < tested - TEST - HORIZON).to_numpy(), ((at >= tested - TEST) & (at < tested)).to_numpy()


def _inputs(paid: pd.DataFrame, features: pd.DataFrame, chosen: NDArray[np.bool_], names: list[str]) -> pd.DataFrame:
    return features.loc[chosen, names].astype(np.float64).assign(amount=paid.loc[chosen, "amount_usd_cents"])


def draw(honest: Scores, leaking: Scores) -> Picture:
    """Draw what both promise, and what they keep."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    labels = ["all as of the payment", "one as of its label (the leak)"]
    promised = [one.in_the_notebook for one in (honest, leaking)]
    kept = [one.at_the_counter for one in (honest, leaking)]
    places = np.arange(2)
    for offset, heights, color, name in (
        (-0.2, promised, MARK, "in the notebook"),
        (0.2, kept, OTHER, "at the counter"),
    ):
        bars = axes.barh(places + offset, heights, height=0.36, color=color, label=name)
        axes.bar_label(bars, fmt="{:.2f}", color=INK, padding=4)
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    dress(axes, f"average precision on {honest.frauds} frauds")
    drawing.legend(axes)
    words = [
        f"{label}: {one:.2f} in the notebook, {other:.2f} at the counter"
        for label, one, other in zip(labels, promised, kept, strict=True)
    ]
    return Picture.of(figure, "\n".join(words))
