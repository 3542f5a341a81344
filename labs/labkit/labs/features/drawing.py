"""Pictures of the lab: readable on JupyterLab's light and on its dark background; they have none of their own."""

from datetime import timedelta
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure

from labkit.labs.features import town
from labkit.picture import INK, MARK, OTHER, Picture, dress

SHOWN: Final = timedelta(days=45)


def legend(axes: Axes) -> None:
    """Add a legend in the lab's colours."""
    axes.legend(frameon=False, labelcolor=INK, fontsize=9)


def life_of(customer_id: str, feature: Any) -> Picture:  # noqa: ANN401 - a learner's function
    """Draw a guest's weeks: what happened, what was known, and the learner's feature at every moment of a row."""
    rows = town.rows()
    rows = rows[rows["customer_id"] == customer_id]
    middle = rows["event_timestamp"].iloc[len(rows) // 2].to_pydatetime()
    events = [one for one in town.events_of(customer_id) if abs(one["occurred_at"] - middle) < SHOWN / 2]
    moments: list[Any] = [
        one.to_pydatetime() for one in rows["event_timestamp"] if abs(one.to_pydatetime() - middle) < SHOWN / 2
    ]
    everything = town.events_of(customer_id)
    values = [feature(everything, at) for at in moments]
    paid = [one["occurred_at"] for one in events if one["kind"] == "payment"]
    other = [one["occurred_at"] for one in events if one["kind"] != "payment"]
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    axes.step(moments, values, where="post", color=MARK, label="payments_7d")
    axes.plot(paid, [0] * len(paid), "|", color=OTHER, markersize=16, label="a payment")
    axes.plot(other, [0] * len(other), "x", color=INK, markersize=7, label="a failure, a refund, a report")
    in_short: Any = ConciseDateFormatter  # it publishes no types
    axes.xaxis.set_major_formatter(in_short(axes.xaxis.get_major_locator()))
    dress(axes, "each payment enters the window when it is known, and leaves it seven days after it happened")
    legend(axes)
    text = f"{len(paid)} payments and {len(other)} other events; payments_7d between {min(values)} and {max(values)}"
    return Picture.of(figure, text)
