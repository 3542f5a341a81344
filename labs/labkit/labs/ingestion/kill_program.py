"""Batches that die by kill -9. The job on stdin says whose and after which call; the lines on stdout what was left.

Each batch runs in a child forked from here, so that a dozen of them can die without a dozen starts of Python. Nothing
here connects to anything before it forks. Run by its path: with `-m` it would import all of labkit first.
"""

import itertools
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from typing import Any

import cloudpickle  # type: ignore[import-untyped]

from services.contracts import iceberg
from services.ingestion.bootstrap import bootstrap
from services.ingestion.lake import IcebergLake
from services.ingestion.tables import PAYMENT_EVENTS

CHILD_CPU_S = 5
"""Of processor time, of which a batch takes half a second: a machine that is busy elsewhere is no endless loop."""
CHANGING = ("claim", "write", "commit", "mark")
"""The calls after which the world is another one; to die after any other is to die after the one before it."""
ROWS = 5
WRONG = 3
Job = dict[str, Any]


def _say(**found: object) -> None:
    os.write(sys.stdout.fileno(), json.dumps(found).encode() + b"\n")  # unbuffered: the next call may be the last


class Child:
    """One batch, or two, in a process that may not live to see the end of it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._steps: Callable[..., Any] = job["steps"]
        self._load: Callable[..., Any] = job["load"]
        catalog = iceberg.load()
        self._ingestion = bootstrap(job["settings"], lake=IcebergLake(lambda: catalog, job["settings"].namespace))
        self._catalog = catalog

    def run(self, dies: Callable[[int, str], bool]) -> int:
        """Run the learner's batch; after each of its calls it may die. Return 0 if it lived."""
        numbers = itertools.count(1)

        def after(call: str) -> None:
            if call in CHANGING and dies(next(numbers), call):
                _say(died_after=call)
                os.kill(os.getpid(), signal.SIGKILL)

        self._load(self._steps(self._ingestion, after), lambda: str(uuid.uuid4()))
        return 0

    def wrong(self) -> bool:
        """Count both sides and say what is wrong."""
        table = self._catalog.load_table((self._ingestion.settings.namespace, PAYMENT_EVENTS.name))
        books = self._job["audit"](self._ingestion.settings.postgres.dsn, table)
        _say(
            lost=len(books.lost),
            doubled=len(books.doubled),
            waiting=len(books.waiting),
            unmarked=len(books.unmarked),
            ids=books.ids,
            empty=sum(not (one.summary and one.summary.get("added-records")) for one in table.snapshots()),
        )
        return bool(books.lost or books.doubled or books.waiting)

    def mend_then_die(self, number: int) -> int:
        """Mend what the child before left, count, have payments arrive, and die after this call of their batch."""
        self.run(lambda _number, _call: False)
        if self.wrong():
            return WRONG
        self._job["arrive"](self._ingestion.settings.postgres.dsn, ROWS)
        self.run(lambda made, _call: made == number)
        return WRONG if self.wrong() else 0  # it made fewer calls, so it lived


def _forked(work: Callable[[], int]) -> int:
    """Run it in a child; return its exit code, or minus the signal that it died of."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.setitimer(signal.ITIMER_PROF, CHILD_CPU_S)
    try:
        os._exit(work())
    except BaseException as error:  # noqa: BLE001 - told to the parent; the child must end here whatever it is
        _say(raised=type(error).__name__, message=str(error))
        os._exit(WRONG)


def main(job: Job) -> None:
    """Kill a batch after the call that the job names; if it names none, one after each call that changes something."""
    if call := job["only_after"]:
        _say(ended=_forked(lambda: Child(job).run(lambda _number, made: made == call)))
        return
    for number in itertools.count(1):
        code = _forked(lambda number=number: Child(job).mend_then_die(number))  # type: ignore[misc]
        if code != -signal.SIGKILL:
            _say(ended=code)
            return


if __name__ == "__main__":
    main(cloudpickle.load(sys.stdin.buffer))
