"""The outcomes of one headless run, written to the file that `LABKIT_RESULTS` names; nothing without it."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from labkit.outcome import Outcome, Verdict


class Results:
    """Every exercise of a lab and how its last check ended in this run. Rewritten after each check."""

    def __init__(self, exercises: Iterable[str], path: Path | None) -> None:
        """Without a `path`, outcomes are only kept in memory."""
        self._path = path
        self._outcomes: dict[str, Outcome | None] = dict.fromkeys(exercises)
        self._messages: dict[str, str] = {}
        self._write()

    @classmethod
    def of_this_run(cls, exercises: Iterable[str]) -> "Results":
        """Return the results that the environment asks for."""
        name = os.environ.get("LABKIT_RESULTS")
        return cls(exercises, Path(name) if name else None)

    def record(self, exercise: str, verdict: Verdict) -> None:
        """Keep a verdict in place of an earlier one."""
        self._outcomes[exercise] = verdict.outcome
        self._messages[exercise] = verdict.message
        self._write()

    def _write(self) -> None:
        if self._path:
            self._path.write_text(json.dumps({"checks": self._outcomes, "messages": self._messages}), encoding="utf-8")
