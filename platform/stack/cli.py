"""The `lakehouse` command."""

import dataclasses
import json as jsonlib
import logging
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import stamina
import typer
from rich.console import Console
from rich.table import Table

from services.contracts.errors import LakehouseError
from services.contracts.settings import REPOSITORY
from stack import compose, lifecycle, log_search, pipeline, testing
from stack import doctor as doctoring
from stack import status as statuses
from stack.context import Choices, Context
from stack.dead_letters.commands import app as dlq_app
from stack.errors import StackError
from stack.journey import commands as journey
from stack.kubernetes import release
from stack.kubernetes.cluster import Cluster
from stack.kubernetes.commands import app as cluster_app
from stack.lab import open_lab
from stack.manifest import specs, with_needs
from stack.paths import log_file
from stack.progress import Reporter
from stack.snapshots.commands import app as snapshot_app

# No pretty exceptions: they print local variables, and some of ours are secrets.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The payments lakehouse on this machine.",
)
pipeline_app = typer.Typer(no_args_is_help=True, help="The payment services on the running servers.")
lab_app = typer.Typer(invoke_without_command=True, help="JupyterLab; `start NN` and `reset NN` for one lab.")
app.add_typer(pipeline_app, name="pipeline")
app.add_typer(lab_app, name="lab")
app.add_typer(dlq_app, name="dlq")
app.add_typer(cluster_app, name="cluster")
app.add_typer(snapshot_app, name="snapshot")

Offset = Annotated[
    int | None,
    typer.Option(envvar="LAKEHOUSE_PORT_OFFSET", help="Move every port of this clone by N; kept until changed."),
]
Backend = Annotated[
    Literal["native", "compose"] | None,
    typer.Option(help="native: processes of this machine. compose: containers. Kept until changed."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Number = Annotated[str, typer.Argument(metavar="NN", help="The lab's number, such as 06.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]


def _context(port_offset: int | None, backend: str | None = None) -> Context:
    """Return this clone's context; an offset or a backend that is given is kept."""
    context = Context.load(port_offset)
    if backend:
        context = dataclasses.replace(context, choices=dataclasses.replace(context.choices, backend=backend))
    return lifecycle.keep(context)


def _in_containers() -> bool:
    return Choices.load().backend == "compose"


def _names(only: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in only.split(",") if name.strip())


def _run(module: str, *arguments: str) -> NoReturn:
    """Become `python -m module`: what this command must not import, since it imports this command's parts."""
    sys.exit(subprocess.run([sys.executable, "-m", module, *arguments], cwd=REPOSITORY, check=False).returncode)


@app.command()
def up(
    only: Annotated[str, typer.Option(help="Only these servers, comma-separated, and what they need.")] = "",
    port_offset: Offset = None,
    backend: Backend = None,
) -> None:
    """Install what is missing, start the servers, wait until each is ready."""
    context = _context(port_offset, backend)
    if not _in_containers():
        lifecycle.up(_names(only), context, Reporter())
    else:
        compose.up(context, Reporter(), only=_names(only))


@app.command()
def down(only: Annotated[str, typer.Option(help="Only these, comma-separated; by default everything.")] = "") -> None:
    """Stop everything of this clone."""
    if _in_containers():
        compose.down(Context.load(), Reporter())
        return
    names = _names(only)
    with_needs(names)
    lifecycle.down(Reporter(), names)


@app.command()
def reset(yes: Yes = False) -> None:  # noqa: FBT002 - an option
    """Stop everything and delete this clone's data (not the installed servers, not your progress)."""
    if not yes:
        typer.confirm("Delete all tables, topics, workflows and databases of this clone?", abort=True)
    if _in_containers():
        compose.down(Context.load(), Reporter(), forget=True)
    lifecycle.reset(Context.load(), Reporter())


@app.command()
def status(json: Json = False) -> None:  # noqa: FBT002 - an option
    """Show what is running."""
    context = Context.load()
    found = compose.status(context) if _in_containers() else statuses.status(context)
    if json:
        catalog = context.choices.catalog or None
        print(jsonlib.dumps({"catalog": catalog, "servers": [dataclasses.asdict(one) for one in found]}, indent=2))
        return
    table = Table("server", "version", "state", "ready", "ports", "MiB", box=None)
    for one in found:
        ports = ", ".join(f"{name} {port}" for name, port in one.ports.items())
        table.add_row(one.name, one.version, one.state, "yes" if one.ready else "", ports, str(one.memory_mib or ""))
    Console(soft_wrap=True).print(table)
    print(
        f"\n{sum(one.memory_mib for one in found)} MiB in all. Catalog: {context.choices.catalog or 'not chosen yet'}."
    )
    if line := release.summary(Cluster()):
        print(line)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="A server or service; with --trace, only this one.")] = "",
    trace: Annotated[str, typer.Option(help="All that the services say of one trace id or event id, in time.")] = "",
    lines: Annotated[int, typer.Option("-n", help="How many lines.")] = 50,
    follow: Annotated[bool, typer.Option("-f", help="Go on as more comes.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Show the log of one process, or one event's way through all of them."""
    if trace:
        log_search.show(trace, name)
        return
    if not name:
        raise StackError("Whose log?", f"`lakehouse logs NAME`; the names are: {', '.join(specs())}.")
    with_needs((name,))
    if not log_file(name).exists():
        raise StackError(f"{name} has no log yet.", "`lakehouse up` starts it.")
    subprocess.run(["tail", "-n", str(lines), *(["-f"] if follow else []), log_file(name)], check=False)


@app.command()
def doctor(port_offset: Offset = None, json: Json = False) -> None:  # noqa: FBT002 - an option
    """Check that this machine can run the course."""
    checks = doctoring.examine(doctoring.everything(), Context.load(port_offset))
    if json:
        print(jsonlib.dumps([dataclasses.asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            print(f"{'✓' if check.ok else '✗'} {check.name}: {check.found}")
            if not check.ok:
                print(f"  → {check.remedy}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@app.command()
def env() -> None:
    """Print the settings of every service as shell exports: `eval "$(lakehouse env)"`. Shows secrets."""
    for name, value in Context.load().environment().items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def trace(
    event_id: Annotated[str, typer.Argument(help="evt_… or stripe:evt_….")],
    json: Json = False,  # noqa: FBT002 - an option
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until it has arrived.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Show where one payment event is in every system, and pages of theirs that show it."""
    journey.trace(event_id, json=json, follow=follow)


@app.command()
def reconcile(
    json: Json = False,  # noqa: FBT002 - an option
    wait: Annotated[float, typer.Option(help="Seconds to wait until every accepted event has arrived.")] = 0,
    live: Annotated[bool, typer.Option("--live", help="Up to bronze only, without the lake.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Compare all stages: exit code 0 if nothing is lost or doubled, 1 if it is, 2 if a stage could not be asked."""
    journey.reconcile(json=json, wait=wait, live=live)


@pipeline_app.command("up")
def pipeline_up(port_offset: Offset = None, backend: Backend = None) -> None:
    """Start the servers and the services: gateway, normalizer, orchestrator, inference."""
    context = _context(port_offset, backend)
    if _in_containers():
        compose.up(context, Reporter(), compose.PIPELINE)
    else:
        pipeline.up(context, Reporter())


@pipeline_app.command("down")
def pipeline_down() -> None:
    """Stop the services; the servers stay."""
    if _in_containers():
        compose.stop_services(Context.load(), Reporter())
    else:
        pipeline.down(Reporter())


@lab_app.callback()
def lab(
    context: typer.Context,
    port_offset: Offset = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,  # noqa: FBT002 - an option
) -> None:
    """Start the servers and open JupyterLab; or start or reset one lab."""
    resolved = _context(port_offset)
    if context.invoked_subcommand is None:
        open_lab(resolved, Reporter(), browser=browser)


@lab_app.command("start")
def lab_start(lab: Number, yes: Yes = False) -> None:  # noqa: FBT002 - an option
    """Bring the platform to where a lab begins, wherever you are in the course. Replaces this clone's data."""
    _run("labkit.fast_forward", "start", lab, *(["--yes"] if yes else []))


@lab_app.command("reset")
def lab_reset(lab: Number, yes: Yes = False) -> None:  # noqa: FBT002 - an option
    """Begin a lab again: the empty notebook, and no exercise passed. Leaves the data alone."""
    _run("labkit.fast_forward", "reset", lab, *(["--yes"] if yes else []))


@app.command()
def course(port_offset: Offset = None) -> None:
    """Run every lab headlessly, unsolved and then solved, and write the report."""
    _context(port_offset)
    _run("labkit.course")


@app.command()
def mentor(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Holds NAME.jsonl, the progress.jsonl of each learner.")
    ],
) -> None:
    """Show a class: who is where, for how long, on which hint, and which wrong answers are common."""
    _run("labkit.mentor", str(folder.resolve()))


@app.command()
def test() -> None:
    """Run every check of this repository on a platform of its own."""
    testing.run(Reporter())


@app.command()
def bench(names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these.")] = None) -> None:
    """Measure the services against their references, on a platform of its own: exit code 1 if a target is missed."""
    _run("tests.bench", *(names or ()))


def main() -> None:
    """Run the command; an expected failure is a message, not a traceback."""
    # What libraries log while a server is not there yet is noise to the learner: our messages say it once.
    logging.basicConfig(level=logging.CRITICAL)
    stamina.instrumentation.set_on_retry_hooks([])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except LakehouseError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(
            f"✗ {error}", markup=False, emoji=False, style="red"
        )
        sys.exit(1)
