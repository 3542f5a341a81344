from io import StringIO

from rich.console import Console

from services.simulator.delivery import Delivery
from services.simulator.panel import panel, watching
from services.simulator.summary import Summary


def busy(seconds: float) -> Summary:
    summary = Summary(retried=1, seconds=seconds)
    summary.answered(Delivery("evt_1", "charge.failed", "pi_1", b"{}"), 200, "", 0.012)
    summary.answered(Delivery("evt_1", "charge.failed", "pi_1", b"{}", kind="duplicate, later"), 200, "", 0.012)
    summary.answered(Delivery("evt_2", "charge.failed", "pi_1", b"{}", "corrupt: NaN", 400), 400, "NaN", 0.012)
    return summary


def test_the_panel_shows_the_counts_the_rate_and_the_latencies() -> None:
    console = Console(file=StringIO(), width=100, record=True)
    console.print(panel(busy(1.5)))
    shown = console.export_text()
    for part in ("3 answered", "2 accepted", "1 refused", "2/s", "p95 12 ms", "duplicate, later", "corrupt: NaN"):
        assert part in shown


def test_where_there_is_no_terminal_a_short_run_prints_nothing_and_a_long_one_a_line_now_and_then() -> None:
    out = StringIO()
    with watching(Console(file=out, width=200)) as watch:
        for tenths in range(40):
            watch(busy(tenths / 10))
        assert out.getvalue() == ""
        for tenths in range(40, 120):
            watch(busy(tenths / 10))
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("accepted 2, refused 1, unanswered 0, retried 1 in 5.0 s")


def test_on_a_terminal_the_panel_is_live() -> None:
    out = StringIO()
    with watching(Console(file=out, force_terminal=True, width=100)) as watch:
        watch(busy(1.0))
    assert "2 accepted" in out.getvalue()
