"""The picture of a journey: where one event was, and when."""

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from labkit.picture import INK, MARK, Picture, dress
from labkit.timeline import moments
from stack.journey.sightings import Journey

LINEAR_BELOW_S: Final = 1.0


def draw(journey: Journey) -> Picture:
    """Return the journey as a picture: stages downwards, time to the right (linear to 1 s, logarithmic beyond)."""
    points = moments(journey)
    figure = Figure(figsize=(9, 0.45 * len(points) + 1.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([s for _, s in points], range(len(points)), color=MARK, marker="o", linewidth=1.5)
    for row, (_, seconds) in enumerate(points):
        axes.annotate(f"+{seconds:.2f} s", (seconds, row), (8, 6), textcoords="offset points", color=INK, fontsize=9)
    _dress(axes, [stage for stage, _ in points])
    return Picture.of(figure, "\n".join(f"+{seconds:.2f} s  {stage}" for stage, seconds in points))


def _dress(axes: Axes, stages: Sequence[str]) -> None:
    axes.set_xscale("symlog", linthresh=LINEAR_BELOW_S)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.margins(x=0.12)
    axes.set_yticks(range(len(stages)), stages)
    axes.invert_yaxis()
    axes.grid(visible=True, color=INK, alpha=0.25)
    dress(axes, "One payment on its way", "seconds after the event was first seen")
