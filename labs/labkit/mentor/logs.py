"""The logs that learners shared, and how long they were at work, as far as a log can tell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from labkit.errors import LabError
from labkit.progress import Event, read

# Who did nothing for longer made a pause: it counts for nobody's time.
PAUSE: Final = timedelta(minutes=15)
LOG: Final = "progress.jsonl"


@dataclass(frozen=True)
class Log:
    """One learner's events, in time."""

    learner: str
    events: Sequence[Event]

    @property
    def last(self) -> datetime:
        """When the learner did something last."""
        return moment(self.events[-1])

    def active_s(self) -> Mapping[tuple[str, str], float]:
        """Return the seconds of work by (lab, exercise), "" for the time before the first exercise.

        What comes between two events, unless it is a pause, was work on what the second one is about.
        """
        worked: dict[tuple[str, str], float] = defaultdict(float)
        for before, event in pairwise(self.events):
            since = moment(event) - moment(before)
            if since <= PAUSE:
                worked[event.lab, event.exercise] += since.total_seconds()
        return worked


def moment(event: Event) -> datetime:
    """Return when an event happened."""
    return datetime.fromisoformat(event.at)


def of_class(folder: Path) -> list[Log]:
    """Return the log of each learner: `NAME.jsonl`, or `NAME/progress.jsonl` as it lies in a clone's state.

    Raises:
        LabError: the folder holds none.
    """
    logs = [Log(learner, events) for learner, path in _files(folder) if (events := _in_time(read(path)))]
    if not logs:
        raise LabError(
            f"{folder} holds no learner's log",
            try_next="let learners copy their .lakehouse/progress.jsonl there, as NAME.jsonl, and try again.",
        )
    return logs


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob(f"*/{LOG}"), *folder.glob(f"*/.lakehouse/{LOG}")]):
        parents = [part for part in path.relative_to(folder).parts[:-1] if part != ".lakehouse"]
        yield (parents[0] if parents else path.stem), path


def _in_time(events: Iterator[Event]) -> list[Event]:
    timed = []
    for event in events:
        try:
            at = moment(event)
        except ValueError:
            continue  # The course's first version kept no times.
        if at.tzinfo is not None:
            timed.append((at.astimezone(UTC), event))
    return [event for _, event in sorted(timed, key=lambda pair: pair[0])]
