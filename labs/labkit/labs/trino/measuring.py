"""The life of one table, measured: files, milliseconds, bytes in the bucket; and the picture of it."""

import statistics
from dataclasses import dataclass, field
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pyiceberg.table import Table

from labkit.labs.trino import asking, table
from labkit.panel import Panel
from labkit.picture import INK, MARK, Picture, dress
from labkit.servers import object_store

NAME: Final = "hours"
QUESTION: Final = f"SELECT currency, count(*), sum(amount) FROM {NAME} GROUP BY currency"  # noqa: S608 - ours
RUNS: Final = 3
KIB: Final = 1024


@dataclass(frozen=True)
class Point:
    """The table at one moment; `ms` is the median of three runs of the same question, after one that is not counted."""

    label: str
    files: int
    snapshots: int
    ms: float
    stored: int
    kib: float


@dataclass
class Hours:
    """A table into which a batch of one small file arrives every hour, as it does on a platform that is in a hurry."""

    table: Table = field(default_factory=lambda: table.create(NAME))
    points: list[Point] = field(default_factory=list)
    batches: int = 0

    def arrive(self, batches: int) -> None:
        """Commit so many batches more."""
        self.table.refresh()
        for _ in range(batches):
            table.commit(self.table, table.write(self.table, [self.batches]))
            self.batches += 1

    def measure(self, label: str) -> Panel:
        """Measure the table as it is now; return all measurements so far."""
        self.table.refresh()
        taken = [asking.ask(QUESTION).ms for _ in range(RUNS + 1)]
        bucket, _, prefix = self.table.location().removeprefix("s3://").partition("/")
        found = list(object_store.objects(object_store.client(), bucket, f"{prefix.rstrip('/')}/"))
        self.points.append(
            Point(
                label,
                files=int(self.table.inspect.files().num_rows),
                snapshots=len(self.table.snapshots()),
                ms=statistics.median(taken[1:]),
                stored=sum(key.endswith(".parquet") for key, _ in found),
                kib=sum(size for _, size in found) / KIB,
            )
        )
        return self.panel()

    def panel(self) -> Panel:
        """Return every measurement as a row."""
        rows = [
            (one.label, str(one.files), str(one.snapshots), str(one.stored), f"{one.ms:.0f} ms", f"{one.kib:.0f} KiB")
            for one in self.points
        ]
        heading = ("after", "files read", "snapshots", "data files stored", "the question takes", "the bucket holds")
        return Panel("One table's life", table=(heading, *rows))

    def draw(self) -> Picture:
        """Draw files, time and bytes, one above the other."""
        figure = Figure(figsize=(8, 6.4), layout="constrained")
        upper, middle, lower = figure.subplots(3, sharex=True)
        labels = [one.label for one in self.points]
        _bars(upper, labels, [one.files for one in self.points], "files that a question reads")
        _bars(middle, labels, [one.ms for one in self.points], "milliseconds it takes (median of 3)")
        _bars(lower, labels, [one.kib for one in self.points], "KiB in the bucket, metadata included")
        lines = [f"{one.label}: files read {one.files}, stored {one.stored}" for one in self.points]
        return Picture.of(figure, "\n".join(lines))


def rows_read(answers: dict[str, asking.Asked]) -> Picture:
    """Draw how many rows were read for each of some queries that have the same answer."""
    figure = Figure(figsize=(8, 0.6 * len(answers) + 1), layout="constrained")
    axes = figure.subplots()
    read = [one.read_rows for one in answers.values()]
    axes.bar_label(axes.barh(list(answers), read, color=MARK), fmt="{:,.0f}", color=INK, padding=4)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    _dress(axes, "rows read for the same answer")
    return Picture.of(figure, "\n".join(f"{name}: {one.read_rows} rows read" for name, one in answers.items()))


def _bars(axes: Axes, labels: list[str], heights: list[float], title: str) -> None:
    axes.bar_label(axes.bar(labels, heights, color=MARK, width=0.6), fmt="{:,.0f}", color=INK, fontsize=9)
    axes.margins(y=0.2)
    _dress(axes, title)


def _dress(axes: Axes, title: str) -> None:
    dress(axes, title)
