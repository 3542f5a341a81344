"""The progress of the course's first version, one JSON object per clone, taken over into the log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from labkit.outcome import Outcome

NAME = "progress.json"


def take_over(log: Path) -> None:
    """Make the log of an old file beside it, and remove that; nothing where there is a log already or no old file."""
    old = log.with_name(NAME)
    if log.exists() or log == old or not old.exists():
        return
    try:
        everything = msgspec.json.decode(old.read_bytes(), type=dict[str, dict[str, dict[str, Any]]])
    except msgspec.MsgspecError:
        everything = {}
    draft = log.with_name(f"{log.name}.draft")
    draft.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in _events(everything)))
    draft.replace(log)
    old.unlink()


def _events(everything: dict[str, dict[str, dict[str, Any]]]) -> Iterator[dict[str, str]]:
    for lab, entries in everything.items():
        for exercise, entry in entries.items():
            common = {"at": entry.get("checked_at", ""), "lab": lab, "exercise": exercise}
            yield from ({**common, "event": "hint"} for _ in range(entry.get("hints", 0)))
            if (outcome := entry.get("outcome")) in set(Outcome):
                yield {**common, "event": "outcome", "outcome": outcome}
