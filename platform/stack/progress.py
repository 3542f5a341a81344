"""What the learner sees while something takes long: live bars on a terminal, a plain line now and then elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

PLAIN_EVERY_S = 10.0


class Step:
    """One long step. `update` may be called often and from any thread."""

    def __init__(self, reporter: "Reporter", label: str) -> None:
        self._reporter = reporter
        self._label = label
        self._started = self._printed = time.monotonic()
        self._task: TaskID | None = reporter.add(label)

    def update(self, note: str, done: int = 0, total: int | None = None) -> None:
        """Show how far it is; `total` is None where nobody knows. Raises InterruptedError once all is cancelled."""
        if self._reporter.cancelled.is_set():
            raise InterruptedError
        share = f" {100 * done // total}%" if total else ""
        if self._task is not None:
            self._reporter.bars.update(self._task, completed=done, total=total, note=note)
        elif time.monotonic() - self._printed >= PLAIN_EVERY_S:
            self._printed = time.monotonic()
            self._reporter.say(f"  {self._label}: {note}{share} ({self._printed - self._started:.0f} s)")

    def done(self) -> None:
        """Say that it is done and how long it took."""
        if self._task is not None:
            self._reporter.bars.remove_task(self._task)
        self._reporter.say(f"✓ {self._label} ({time.monotonic() - self._started:.0f} s)")


class Reporter:
    """Tells progress to one console."""

    def __init__(self, console: Console | None = None) -> None:
        self.cancelled = threading.Event()
        # Asked of the stream itself: rich takes FORCE_COLOR, which notebooks set, for a terminal.
        self.console = console or Console(highlight=False, soft_wrap=True, force_terminal=sys.stdout.isatty())
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"))
        self.bars = Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True)

    def say(self, text: str) -> None:
        """Print one line."""
        self.console.print(text, markup=False)

    def add(self, label: str) -> TaskID | None:
        """Return a new bar, or None where bars would be noise (a pipe, a notebook, a log)."""
        return self.bars.add_task(label, total=None, note="") if self.console.is_terminal else None

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show the bars while the block runs."""
        if not self.console.is_terminal:
            yield
            return
        with self.bars:
            yield

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """Run the block as one step; a failing block is not reported as done."""
        step = Step(self, label)
        yield step
        step.done()
