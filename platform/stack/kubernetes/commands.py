"""`lakehouse cluster …`: the chart on the cluster of the current kubectl context."""

import contextlib
import json as jsonlib
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.contracts.settings import state_dir
from stack.context import Context
from stack.errors import StackError
from stack.kubernetes import forwarding, programs, release
from stack.kubernetes.cluster import NAMESPACE, Cluster
from stack.kubernetes.controlplane import control_plane
from stack.paths import private_dir
from stack.progress import Reporter

app = typer.Typer(no_args_is_help=True, help="The platform on a Kubernetes cluster.")
POLARIS = "deployment/polaris"


@app.command()
def check() -> None:
    """Check kubectl, helm, the cluster and its storage."""
    release.check(Cluster(), Reporter())


@app.command()
def setup() -> None:
    """Make the namespace, which refuses pods with more rights than they need."""
    release.setup(Cluster(), Reporter())


@app.command()
def deploy(
    size: Annotated[str, typer.Option(envvar="SIZE", help="laptop or team.")] = "laptop",
    minutes: Annotated[int, typer.Option(help="How long to wait until all is ready.")] = 15,
) -> None:
    """Install the chart or bring it up to date, and wait until all is ready."""
    release.deploy(Cluster(), Reporter(), size=size, minutes=minutes)


@app.command()
def destroy(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:  # noqa: FBT002 - an option
    """Delete the release and its namespace, all data included (asks first)."""
    cluster = Cluster()
    cluster.require()
    if not yes:
        typer.confirm(
            f"Delete everything in the namespace {NAMESPACE} of {cluster.context()}, its data too?", abort=True
        )
    release.destroy(cluster, Reporter())


@app.command()
def status(json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False) -> None:  # noqa: FBT002 - an option
    """Show what runs in the cluster: exit code 1 if something is not ready."""
    cluster = Cluster()
    version = cluster.require()
    found = release.workloads(cluster)
    if json:
        print(jsonlib.dumps({"version": version, "workloads": [asdict(each) for each in found]}, indent=2))  # noqa: T201 - output
    else:
        table = Table("kind", "name", "ready", box=None)
        for each in found:
            table.add_row(each.kind, each.name, f"{each.ready}/{each.wanted}")
        Console(soft_wrap=True).print(
            f"Kubernetes {version}, context {cluster.context()}, namespace {NAMESPACE}", table
        )
    if not found:
        raise StackError("Nothing is deployed.", "`make deploy`.")
    if any(each.ready < each.wanted for each in found):
        raise typer.Exit(1)


@app.command()
def port_forward_start() -> None:
    """Bring the cluster's servers to the ports of this machine, in the background."""
    forwarding.start(Cluster(), Context.load(), Reporter())


@app.command()
def port_forward_stop() -> None:
    """Stop forwarding."""
    forwarding.stop(Reporter())


@app.command()
def port_forward_status() -> None:
    """Show what is forwarded."""
    running = forwarding.running()
    for target, pairs in forwarding.forwards(Context.load()).items():
        Reporter().say(f"{'✓' if target in running else ' '} {target:22} {' '.join(pairs)}")


@app.command()
def polaris_status() -> None:
    """Show Polaris's pods."""
    _shown("get", "pods", "--selector", "app.kubernetes.io/component=polaris", "--output=wide")


@app.command()
def polaris_logs(lines: Annotated[int, typer.Option("-n", help="How many lines.")] = 100) -> None:
    """Show Polaris's log."""
    _shown("logs", POLARIS, f"--tail={lines}")


@app.command()
def install(names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these.")] = None) -> None:
    """Build kubectl, helm and a control plane with Go, once per user: for tests and lab 15."""
    unknown = sorted(set(names or ()) - set(programs.PACKAGES))
    if unknown:
        raise StackError(f"There is no program {unknown[0]}.", f"There are: {', '.join(programs.PACKAGES)}.")
    programs.install(Reporter(), names or programs.PACKAGES)


@app.command()
def practice() -> None:
    """Run a control plane with fake nodes on this machine, to try everything on, until Ctrl-C or Ctrl-D."""
    folder = tempfile.TemporaryDirectory(prefix="practice-", dir=private_dir(state_dir()))
    with folder as name, control_plane(Path(name)) as cluster:
        print(f"export KUBECONFIG={cluster.kubeconfig}")  # noqa: T201 - output
        print(f"export PATH={programs.folder()}:$PATH", flush=True)  # noqa: T201 - output
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.read()


def _shown(*arguments: str) -> None:
    cluster = Cluster()
    cluster.require()
    answer = cluster.kubectl(arguments[0], "--namespace", NAMESPACE, *arguments[1:])
    if answer.returncode:
        raise StackError(answer.stderr.strip(), "Is it deployed? `make deploy`.")
    print(answer.stdout.rstrip() or "There is none: `make deploy`.")  # noqa: T201 - the command's own output
