"""What a learner has passed and which hints they have seen, kept in one small file that survives restarts."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import msgspec
from filelock import FileLock

from labkit.outcome import Outcome
from services.contracts.settings import state_dir


class Entry(TypedDict, total=False):
    """One exercise: its best outcome so far, the hints seen, and when it was last checked (ISO 8601, UTC)."""

    outcome: str
    hints: int
    checked_at: str


# lab → exercise → entry
Everything = dict[str, dict[str, Entry]]


def progress_file() -> Path:
    """Return where progress is kept: `LABKIT_PROGRESS` (a headless run's own file), else the clone's state."""
    return Path(os.environ.get("LABKIT_PROGRESS") or state_dir() / "progress.json")


class Progress:
    """Progress over all labs. Every change is one atomic replacement of the file, so a killed kernel loses nothing."""

    def __init__(self, path: Path) -> None:
        """Read and write `path`; neither it nor its folder needs to exist."""
        self._path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))

    def of(self, lab: str) -> dict[str, Entry]:
        """Return the entries of one lab by exercise."""
        return self._read().get(lab, {})

    def record(self, lab: str, exercise: str, outcome: Outcome) -> None:
        """Keep an outcome. What was passed once stays passed until it is forgotten on purpose."""
        with self._locked():
            everything = self._read()
            entry = everything.setdefault(lab, {}).setdefault(exercise, {})
            entry["checked_at"] = datetime.now(UTC).isoformat(timespec="seconds")
            if entry.get("outcome") != Outcome.PASSED:
                entry["outcome"] = outcome.value
            self._write(everything)

    def next_hint(self, lab: str, exercise: str, ladder: int) -> int:
        """Return the index of the next hint of a ladder of `ladder` hints; after the last one, the last again."""
        with self._locked():
            everything = self._read()
            entry = everything.setdefault(lab, {}).setdefault(exercise, {})
            index = min(entry.get("hints", 0), ladder - 1)
            entry["hints"] = index + 1
            self._write(everything)
        return index

    def forget(self, lab: str, exercise: str) -> None:
        """Start over with one exercise: its outcome and its hints are gone."""
        with self._locked():
            everything = self._read()
            everything.get(lab, {}).pop(exercise, None)
            self._write(everything)

    def _locked(self) -> FileLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._lock

    def _read(self) -> Everything:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Everything)
        except FileNotFoundError:
            return {}
        except msgspec.MsgspecError:
            # Kept under another name, for whoever wants to mend it.
            self._path.replace(self._path.with_name(self._path.name + ".corrupt"))
            return {}

    def _write(self, everything: Everything) -> None:
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(everything, order="sorted"), indent=1))
        draft.replace(self._path)
