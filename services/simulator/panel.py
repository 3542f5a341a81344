"""What a run looks like in the terminal while it goes on: a live panel, or plain lines where there is no terminal."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from services.simulator.summary import Summary

Watch = Callable[[Summary], None]

_PLAIN_EVERY_S: Final = 5.0


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """Give the function that shows a summary; called as often as one likes."""
    if not console.is_terminal:
        yield _plain(console)
        return
    with Live(panel(Summary()), console=console, transient=True, refresh_per_second=4) as live:
        yield lambda summary: live.update(panel(summary))


def _plain(console: Console) -> Watch:
    """Return a watch that prints a line every few seconds, and none in a run that is over before."""
    due_s = _PLAIN_EVERY_S

    def watch(summary: Summary) -> None:
        nonlocal due_s
        if summary.seconds >= due_s:
            due_s = summary.seconds + _PLAIN_EVERY_S
            console.print(f"{summary.headline()} ({summary.rate:.0f}/s) …", highlight=False, soft_wrap=True)

    return watch


def panel(summary: Summary) -> RenderableType:
    """Return the panel of the counts so far."""
    p50, p95 = summary.latency_ms()
    head = Text(
        f"{summary.answers} answered · {summary.accepted.total()} accepted · {summary.refused.total()} refused · "
        f"{summary.unanswered.total()} unanswered · {summary.retried} retried\n"
        f"{summary.seconds:.0f} s · {summary.rate:.0f}/s · latency p50 {p50:.0f} ms, p95 {p95:.0f} ms",
    )
    tables = [
        _table("accepted, by type", summary.accepted),
        _table("duplicate, late, corrupt", summary.kinds),
        _table("not accepted", summary.refused + summary.unanswered),
        _table("unexpected", summary.unexpected),
    ]
    shown = Columns([table for table in tables if table.row_count])
    return Panel(Group(head, shown), title="simulator", border_style="green" if summary.ok else "red")


def _table(title: str, counts: Counter[str]) -> Table:
    table = Table("", "n", title=title, title_justify="left", show_header=False, box=None)
    for name, count in sorted(counts.items()):
        table.add_row(name, str(count))
    return table
