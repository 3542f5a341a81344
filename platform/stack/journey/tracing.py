"""Asking every stage for one event, all at once, so that a server that is down delays nobody else's answer."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from services.contracts import events
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Journey, Sighting, StageReport, Status


class Probe(Protocol):
    """Something that answers for one or more stages: a server, asked once."""

    @property
    def stages(self) -> Sequence[str]:
        """The stages that this probe answers for."""
        ...

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return the event's sightings by stage; a stage that is missing has none.

        Raises:
            StageUnavailableError: the server could not be asked.
        """
        ...


def trace(event_id: str, probes: Sequence[Probe], catalog: str) -> Journey:
    """Return where the event is. `event_id` is `evt_…` or `stripe:evt_…`; `catalog` is the catalog in use."""
    event_id = events.event_id(event_id.strip())
    with ThreadPoolExecutor(max_workers=len(probes) or 1) as pool:
        answers = pool.map(lambda probe: _ask(probe, event_id), probes)
    return Journey(event_id, catalog, tuple(report for reports in answers for report in reports))


def _ask(probe: Probe, event_id: str) -> Iterable[StageReport]:
    try:
        seen = probe.look(event_id)
    except StageUnavailableError as error:
        return [StageReport(stage, Status.UNAVAILABLE, reason=str(error)) for stage in probe.stages]
    return [_report(stage, tuple(seen.get(stage, ()))) for stage in probe.stages]


def _report(stage: str, sightings: tuple[Sighting, ...]) -> StageReport:
    return StageReport(stage, Status.FOUND if sightings else Status.ABSENT, sightings)
