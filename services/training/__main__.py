"""`python -m services.training`: features, three models, their cards; logged and registered where MLflow is up."""

import os
import time
from typing import Annotated

import psutil
import typer

# Threads that wait for each other on busy cores take longer than one alone; before scikit-learn reads it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A server that is down is said to be down within seconds; by default MLflow tries for minutes.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")

from services.contracts import command
from services.features.bootstrap import bootstrap
from services.features.settings import FeaturesSettings
from services.simulator.history.generation import History
from services.training.code_version import code_version
from services.training.settings import TrainingSettings
from services.training.tasks import TASKS
from services.training.training import Trained, train
from services.training.truth import truth

app = typer.Typer(help=__doc__, add_completion=False, invoke_without_command=True)


@app.callback()
def run(
    context: typer.Context,
    *,
    task: Annotated[list[str] | None, typer.Option(help="Only these: fraud, churn, retry.")] = None,
    register: Annotated[bool, typer.Option(help="Log to MLflow and register as challengers.")] = True,
    features: Annotated[bool, typer.Option(help="Build the features first.")] = True,
) -> None:
    """Train the models and say how good they are."""
    if context.invoked_subcommand:
        return
    settings, started = TrainingSettings(), time.monotonic()
    wired = bootstrap(FeaturesSettings())
    if features:
        wired.build()
        _say(started, "features built")
    facts = wired.facts()
    known = None
    if settings.history_events:
        known = truth(History(settings.history_events, settings.history_seed))
        _say(started, "the simulator's truth told again")
    snapshots = {"facts_snapshot_id": str(facts.snapshot_id), "git_commit": code_version()}
    for name in task or TASKS:
        trained = train(name, wired, facts.rows, known, settings.seed, settings.output_dir / name, snapshots)
        _say(started, _summary(trained))
        if register:
            from services.training.registry import Registry  # noqa: PLC0415 - MLflow takes seconds to import

            number = Registry(settings.mlflow.tracking_uri, settings.registry_prefix).log(trained, snapshots)
            _say(started, f"{name} version {number} registered as challenger")


@app.command()
def promote(task: str) -> None:
    """Make the challenger of a task its champion, if the gate lets it."""
    from services.training.promoting import promote as decide  # noqa: PLC0415 - MLflow takes seconds to import
    from services.training.registry import Registry  # noqa: PLC0415

    settings = TrainingSettings()
    number = decide(Registry(settings.mlflow.tracking_uri, settings.registry_prefix), task, settings.seed)
    typer.echo(f"{task} version {number} is the champion")


def _summary(trained: Trained) -> str:
    report = trained.report
    reached = "reached" if report.reached else "MISSED"
    reach = "" if report.reach is None else f"; reach {report.reach:.0%}"
    own = report.figures["model"][report.primary]
    return (
        f"{report.task}: {report.primary} {own}, above {report.baseline} by {report.difference}, "
        f"margin {report.margin} {reached}{reach}; calibration error {report.calibration_error:.4f}"
    )


def _say(started: float, text: str) -> None:
    used = psutil.Process().memory_info().rss >> 20
    typer.echo(f"{time.monotonic() - started:6.1f} s {used:5} MiB  {text}")


if __name__ == "__main__":
    command.run(app)
