"""Where is my payment? One timeline through every system, as a panel that may be watched."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from IPython.display import display

from labkit import frontend
from labkit.panel import Panel, Tone
from stack.context import Context
from stack.journey import links
from stack.journey.links import Link
from stack.journey.sightings import Journey
from stack.journey.whereabouts import now

EVERY_S: Final = 0.5

_display: Any = display
Look = Callable[[str], Journey]


def moments(journey: Journey) -> list[tuple[str, float]]:
    """Return each stage that saw the event, in the pipeline's order, with seconds since the first one did."""
    seen: list[tuple[str, datetime]] = [
        (report.stage, sighting.at) for report in journey.stages for sighting in report.sightings[:1] if sighting.at
    ]
    first = min((at for _, at in seen), default=None)
    return [(stage, (at - first).total_seconds()) for stage, at in seen if first]


def panel(journey: Journey, pages: Mapping[str, Link] | None = None) -> Panel:
    """Return every stage's answer: where it saw the event, how long after the first, or that it did not.

    Args:
        journey: What a trace found.
        pages: A page that shows it, by stage (`stack.journey.links`): a link for whoever sits in front of it.
    """
    after, shown = dict(moments(journey)), (pages or {}) if frontend.live() else {}
    rows = [
        (
            report.stage,
            report.sightings[0].where if report.sightings else report.reason or report.status.value,
            f"+{after[report.stage]:.2f} s" if report.stage in after else "",
            *_page(shown, report.stage),
        )
        for report in journey.stages
    ]
    heading = ("stage", "where", "when", *(("see",) if shown else ()))
    whereabouts = now(journey)
    return Panel(
        journey.event_id,
        Tone.WARNING if whereabouts.moving else Tone.INFO,
        lines=(f"Now: {whereabouts.sentence}.",),
        table=(heading, *rows),
    )


def _page(pages: Mapping[str, Link], stage: str) -> tuple[str, ...]:
    if not pages:
        return ()
    return (f"[{pages[stage].name}]({pages[stage].url})" if stage in pages else "",)


class Screen:
    """A place in a cell's output: what is shown there takes the place of what was."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, panel: Panel) -> None:
        """Show a panel."""
        if self._handle is None:
            self._handle = _display(panel, display_id=True)
        else:
            self._handle.update(panel)


def watch(event_id: str, for_s: float, look: Look, show: Callable[[Panel], object]) -> None:
    """Show an event's timeline, again and again while it moves by itself, `for_s` seconds at most."""
    until = time.monotonic() + for_s
    while True:
        journey = look(event_id)
        show(panel(journey, links.of(journey, Context.load())))
        if not now(journey).moving or time.monotonic() >= until:
            return
        time.sleep(EVERY_S)
