"""What a learner did, as a log that only grows: one JSON line per event; what was passed follows from it."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec
from filelock import FileLock

from labkit import old_progress
from labkit.outcome import Outcome
from services.contracts.settings import state_dir


class Kind(StrEnum):
    """What can happen. All but the first are about one exercise."""

    STARTED = "started"
    ATTEMPTED = "attempted"
    OUTCOME = "outcome"
    HINT = "hint"
    SOLUTION = "solution"
    RESET = "reset"


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the log. `at` is ISO 8601, UTC; `outcome` is there where the kind is.

    `message` is what a check said that did not pass: what a mentor learns common mistakes from. Checks put neither
    secrets nor payloads into it.
    """

    at: str
    lab: str
    event: Kind
    exercise: str = ""
    outcome: Outcome | None = None
    message: str = ""


class Entry(msgspec.Struct):
    """One exercise, as its events tell: its best outcome, and what was tried and looked at since the last reset."""

    outcome: Outcome = Outcome.NOT_ATTEMPTED
    tries: int = 0
    hints: int = 0
    solution_seen: bool = False


def progress_file() -> Path:
    """Return where the log is: `LABKIT_PROGRESS` (a headless run's own file), else in the clone's state."""
    return Path(os.environ.get("LABKIT_PROGRESS") or state_dir() / "progress.jsonl")


def fold(events: Iterable[Event]) -> dict[str, Entry]:
    """Return each exercise's state after these events of one lab. What was passed stays passed until it is reset."""
    entries: dict[str, Entry] = {}
    for event in events:
        entry = entries.setdefault(event.exercise, Entry())
        match event.event:
            case Kind.ATTEMPTED:
                entry.tries += 1
            case Kind.OUTCOME if event.outcome and entry.outcome is not Outcome.PASSED:
                entry.outcome = event.outcome
            case Kind.HINT:
                entry.hints += 1
            case Kind.SOLUTION:
                entry.solution_seen = True
            case Kind.RESET:
                del entries[event.exercise]
    entries.pop("", None)
    return entries


def read(path: Path) -> Iterator[Event]:
    """Yield the events of a log, none if there is no such file."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Event)
        except msgspec.MsgspecError:
            continue  # Torn by a crash, or of a newer version: the others still count.


class Progress:
    """The log of all labs, appended to by any number of kernels."""

    def __init__(self, path: Path) -> None:
        """Read and write `path`; neither it nor its folder needs to exist."""
        self._path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))

    def of(self, lab: str) -> dict[str, Entry]:
        """Return the state of one lab's exercises; an exercise without events is not among them."""
        with self._locked():
            return fold(event for event in read(self._path) if event.lab == lab)

    def record(
        self, lab: str, kind: Kind, exercise: str = "", outcome: Outcome | None = None, message: str = ""
    ) -> None:
        """Append one event; it is on the disk when this returns."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._locked():
            self._append(Event(at, lab, kind, exercise, outcome, message))

    def next_hint(self, lab: str, exercise: str, ladder: int) -> int:
        """Return the index of the next hint of a ladder of `ladder` hints; after the last one, the last again."""
        index = min(self.of(lab).get(exercise, Entry()).hints, ladder - 1)
        self.record(lab, Kind.HINT, exercise)
        return index

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            old_progress.take_over(self._path)
            yield

    def _append(self, event: Event) -> None:
        with self._path.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                torn = file.read(1) != b"\n"
            else:
                torn = False
            # One write, so that a crash tears this line at most; a line torn earlier is ended first.
            file.write(b"\n" * torn + msgspec.json.encode(event) + b"\n")
            file.flush()
            os.fsync(file.fileno())
