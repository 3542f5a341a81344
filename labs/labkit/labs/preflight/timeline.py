"""The picture of a journey: where one event was, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from labkit.panel import Panel, Tone
from labkit.picture import Picture
from stack.journey.sightings import Journey

# Readable on JupyterLab's light and on its dark background; the picture itself has none.
INK: Final = "#8a8f98"
MARK: Final = "#f37726"
LINEAR_BELOW_S: Final = 1.0


def moments(journey: Journey) -> list[tuple[str, float]]:
    """Return each stage that saw the event, in the pipeline's order, with seconds since the first one did."""
    seen: list[tuple[str, datetime]] = [
        (report.stage, sighting.at) for report in journey.stages for sighting in report.sightings[:1] if sighting.at
    ]
    first = min((at for _, at in seen), default=None)
    return [(stage, (at - first).total_seconds()) for stage, at in seen if first]


def panel(journey: Journey) -> Panel:
    """Return every stage's answer: where it saw the event, how long after the first, or that it did not."""
    after = dict(moments(journey))
    rows = [
        (
            report.stage,
            report.sightings[0].where if report.sightings else report.reason or report.status.value,
            f"+{after[report.stage]:.2f} s" if report.stage in after else "",
        )
        for report in journey.stages
    ]
    return Panel(journey.event_id, Tone.INFO, table=(("stage", "where", "when"), *rows))


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
    axes.set_xlabel("seconds after the event was first seen", color=INK)
    axes.set_title("One payment on its way", color=INK, loc="left")
    axes.tick_params(colors=INK)
    axes.grid(visible=True, color=INK, alpha=0.25)
    for spine in axes.spines.values():
        spine.set_visible(False)
