"""The dimension as a picture: each guest's versions as bars along the days, coloured by tier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from labkit.picture import INK, Picture, dress

COLOURS: Final[Mapping[str, str]] = {
    "bronze": "#c98850",
    "silver": "#b4bac2",
    "gold": "#e8c33f",
    "platinum": "#8fc7d9",
}
# On the bars, whose colours are the same on a light and on a dark background.
LETTERS: Final = "#1c1c1c"
HALF: Final = 0.32
STILL: Final = 1
"""How many days a version is drawn beyond the newest start if it still holds."""


@dataclass(frozen=True)
class Version:
    """A row of the dimension; `until` is None while it holds, `country` as long as no card was seen."""

    guest: str
    since: datetime
    until: datetime | None
    tier: str
    country: str | None


def versions(found: Sequence[Version]) -> Picture:
    """Draw versions that are sorted by guest and start, a line per guest."""
    guests = {guest: list(several) for guest, several in groupby(found, key=lambda one: one.guest)}
    end = max(_days(one.since) for one in found) + STILL
    figure = Figure(figsize=(8, 0.6 * len(guests) + 1.1), layout="constrained")
    axes = figure.subplots()
    for line, several in enumerate(guests.values()):
        for one in several:
            _bar(axes, line, one, _days(one.until) if one.until else end)
    axes.set_yticks(range(len(guests)), list(guests))
    axes.invert_yaxis()
    days = range(int(min(_days(one.since) for one in found)), int(end) + 1)
    axes.set_xticks(list(days), [f"{day} March" for day in days])
    dress(axes)
    tiers = [tier for tier in COLOURS if any(one.tier == tier for one in found)]
    axes.legend(
        [Patch(color=COLOURS[tier]) for tier in tiers], tiers,
        ncols=len(tiers), loc="lower left", bbox_to_anchor=(0, 1), frameon=False, labelcolor=INK, fontsize=9,
    )  # fmt: skip
    return Picture.of(figure, "\n".join(f"{guest}: {_told(several)}" for guest, several in guests.items()))


def _bar(axes: Axes, line: int, version: Version, end: float) -> None:
    start = _days(version.since)
    # The edge shows where one version ends and the next of the same tier begins.
    colour = COLOURS.get(version.tier, INK)
    axes.broken_barh([(start, end - start)], (line - HALF, 2 * HALF), facecolor=colour, edgecolor=LETTERS)
    middle, label = (start + end) / 2, version.country or "-"
    axes.text(middle, line, label, ha="center", va="center", color=LETTERS, fontsize=8)


def _days(moment: datetime) -> float:
    """The café's week lies within one March: the day of the month, and how much of it is over."""
    return moment.day + moment.hour / 24 + moment.minute / 1440


def _told(several: Sequence[Version]) -> str:
    return ", ".join(f"{one.tier} {one.country or '-'} from {one.since:%-d March %H:%M}" for one in several)
