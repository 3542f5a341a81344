"""The same results for a reader at a terminal, as tables."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from stack.journey.census import Census, Ids, Payments, Quarantine
from stack.journey.comparing import Comparison, Reconciliation
from stack.journey.links import Link
from stack.journey.sightings import Journey, Sighting, StageReport, Status
from stack.journey.whereabouts import now

FIRST_IDS = 5
STYLES = {Status.FOUND: "green", Status.ABSENT: "dim", Status.UNAVAILABLE: "red"}


def journey(found: Journey, pages: Mapping[str, Link]) -> Group:
    """Return a trace: one line for each place where the event is, where it is now, and pages that show it."""
    table = Table(title=f"{found.event_id} (catalog: {found.catalog})", title_justify="left")
    table.add_column("stage", overflow="fold")
    table.add_column("when (UTC)", overflow="fold")
    table.add_column("after", justify="right")
    table.add_column("where", overflow="fold")
    for report in found.stages:
        for number, (at, where) in enumerate(_lines(report)):
            after = f"+{(at - found.first).total_seconds():.3f} s" if at and found.first else ""
            style = STYLES[report.status]
            table.add_row(report.stage if number == 0 else "", _time(at), after, Text(where, style=style))
    return Group(
        table, Text(f"Now: {now(found).sentence}."), *(Text(f"{page.name}: {page.url}") for page in pages.values())
    )


def unknown(found: Journey) -> str:
    """Return what to say of an event that no stage has seen."""
    if any(report.status is Status.UNAVAILABLE for report in found.stages):
        return (
            "No stage that answered knows this event; some could not be asked. `lakehouse status` says which are down."
        )
    return (
        "No system knows this event. Check the id (case matters): the end of .lakehouse/ledger/accepted.jsonl has some."
    )


def _lines(report: StageReport) -> list[tuple[datetime | None, str]]:
    if report.status is Status.ABSENT:
        return [(None, "absent")]
    if report.status is Status.UNAVAILABLE:
        return [(None, f"could not be asked: {report.reason}")]
    return [(sighting.at, _place(sighting)) for sighting in report.sightings]


def _time(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] if at else ""


def _place(sighting: Sighting) -> str:
    notes = {
        "closed_at": "closed {}",
        "processed_at": "processed {}",
        "trace_id": "trace {}",
        "reason": "{}",
        "snapshot_id": "snapshot {}",
        "loaded_to_iceberg": "loaded to Iceberg: {}",
    }
    said = []
    for key, template in notes.items():
        value = sighting.details.get(key)
        if value is not None:
            said.append(template.format(_time(value) if isinstance(value, datetime) else value))
    return ", ".join([sighting.where, *said])


def reconciliation(result: Reconciliation, catalog: str) -> list[Table | Text]:
    """Return what each stage holds, what was compared, and the first ids of each difference."""
    verdict = {0: ("Nothing is lost and nothing is doubled.", "green"), 1: ("There are differences.", "red")}
    words, style = verdict.get(result.exit_code, ("Incomplete: a stage could not be asked.", "yellow"))
    differences = [Text(line) for comparison in result.comparisons for line in _difference(comparison)]
    repeated = [Text(f"{item.stage} holds more than once: {_first(item.ids)}") for item in result.repetitions]
    waiting = "All that was accepted has arrived; some of it waits for the next batch (`make batch`)."
    notes = [Text(words, style=style), *([Text(waiting)] if result.waits_for_batch else [])]
    return [_holdings(result.census, catalog), _comparisons(result), *differences, *repeated, *notes]


def _holdings(census: Census, catalog: str) -> Table:
    table = Table(title=f"What each stage holds (catalog: {catalog})", title_justify="left", min_width=60)
    table.add_column("stage")
    table.add_column("events", justify="right")
    table.add_column("note", overflow="fold")
    for name, held in _stages(census).items():
        if held is None and name not in census.unavailable:
            continue  # it was not asked
        count, note = _count(held)
        table.add_row(name.replace("_", " "), count, census.unavailable.get(name, note))
    return table


def _stages(census: Census) -> dict[str, Ids | Payments | Quarantine | None]:
    return {
        "accepted": census.accepted,
        "unrouted": census.unrouted,
        "bronze": census.bronze,
        "bronze_quarantine": census.bronze_quarantine,
        "iceberg": census.iceberg,
        "iceberg_quarantine": census.iceberg_quarantine,
        "facts": census.facts,
    }


def _count(held: Ids | Payments | Quarantine | None) -> tuple[str, str]:
    match held:
        case Ids():
            return str(len(held.distinct)), ""
        case Payments():
            return str(
                len(held.ids.distinct)
            ), f"{len(held.history)} of them from the bulk history" if held.history else ""
        case Quarantine():
            return str(len(held.rows.distinct)), f"{len(held.unnamed)} without an event id" if held.unnamed else ""
        case None:
            return "?", ""


def _comparisons(result: Reconciliation) -> Table:
    table = Table(title="What must be equal", title_justify="left")
    for column in ("left", "right"):
        table.add_column(column, overflow="fold")
    for column in ("only left", "only right"):
        table.add_column(column, justify="right")
    for item in result.comparisons:
        style = "green" if item.equal else "red"
        table.add_row(item.left, item.right, str(len(item.only_left)), str(len(item.only_right)), style=style)
    return table


def _difference(comparison: Comparison) -> list[str]:
    sides = (
        (comparison.left, comparison.right, comparison.only_left),
        (comparison.right, comparison.left, comparison.only_right),
    )
    return [f"in {here}, not in {there}: {_first(ids)}" for here, there, ids in sides if ids]


def _first(ids: tuple[str, ...]) -> str:
    rest = len(ids) - FIRST_IDS
    return ", ".join(ids[:FIRST_IDS]) + (f" and {rest} more" if rest > 0 else "")
