"""The lab's models in the real MLflow: logged, registered as challengers, and made champions by the real `promote`."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from labkit.errors import OutOfOrderError, ServerDownError
from labkit.labs.training import past
from labkit.panel import Panel, Tone
from labkit.servers.unwarned import quietly
from services.contracts.settings import state_dir

with quietly():
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

    from services.training import card, judging, judging_retry, training
    from services.training.errors import PromotionRefusedError, RegistryUnavailableError, TrainingError
    from services.training.plots import draw
    from services.training.promoting import promote as real_promote
    from services.training.registry import CHALLENGER, CHAMPION, Registry
    from services.training.report import Report
    from services.training.settings import MLflow
    from services.training.training import Trained

PREFIX: Final = "lab12-"
TASK: Final = "fraud"
TAGS: Final = {"lab": "12_training"}
Gate = Callable[..., Sequence[str]]


def registry() -> Registry:
    """Return the registry, in which this lab's models have names of their own."""
    return Registry(MLflow().tracking_uri, PREFIX)


def start_over() -> None:
    """Forget this lab's models in MLflow. Raises `ServerDownError`."""
    uri = MLflow().tracking_uri
    client = MlflowClient(uri, uri)
    try:
        for model in client.search_registered_models(f"name LIKE '{PREFIX}%'"):
            client.delete_registered_model(model.name)
    except MlflowException as error:
        raise _down(error) from None


def judged(model: Any, task: str = TASK) -> Report:  # noqa: ANN401 - a learner's model
    """Return what the real service's judge says of a model, on its test."""
    with quietly():
        if task == "retry":
            return judging_retry.judge(model, past.examples_of(task), None, past.SEED)
        return judging.judge(model, past.examples_of(task), None, past.SEED)


def register(model: Any, report: Report) -> str:  # noqa: ANN401 - a learner's model
    """Log a fraud model with its card and plots, register it as the challenger, and return its version."""
    made = past.examples_of(TASK)
    folder = state_dir() / past.NAMESPACE / "card"
    scores = {"model": judging.scored(model, made.test), "rules": past.rules()}
    with quietly():
        draw(folder, scores, made.test.labels, dict(report.importance))
        (folder / "card.md").write_text(card.markdown(report, made.split, dict(TAGS)), encoding="utf-8")
        taken = training.budgets(model, made, time.process_time)
        try:
            return registry().log(Trained(made, model, report, taken, dict(TAGS), folder), TAGS)
        except RegistryUnavailableError as error:
            raise _down(error) from None


def promote(where: Registry, gate: Gate) -> str:
    """Have the real service promote the challenger, if this gate lets it; return its version."""
    with quietly():
        return real_promote(where, TASK, past.SEED, gate)


def decide(gate: Gate) -> Panel:
    """Do so, and show what came of it. Raises `OutOfOrderError` if nothing was registered."""
    where = registry()
    try:
        promoted = promote(where, gate)
    except PromotionRefusedError as refused:
        return Panel(f"Version {version(CHALLENGER)} is refused", Tone.BAD, lines=refused.reasons, facts=aliases())
    except TrainingError as error:
        raise OutOfOrderError(str(error), try_next="run the cell that registers a challenger first.") from None
    return Panel(f"Version {promoted} is the champion", Tone.GOOD, facts=aliases())


def aliases() -> dict[str, str]:
    """Return which version has which alias."""
    return {alias: f"version {version(alias)}" if version(alias) else "none" for alias in (CHAMPION, CHALLENGER)}


def version(alias: str) -> str | None:
    """Return the version with this alias; None if there is none."""
    uri = MLflow().tracking_uri
    held = MlflowClient(uri, uri).get_registered_model(f"{PREFIX}{TASK}").aliases
    return str(held[alias]) if alias in held else None


def _down(error: Exception) -> ServerDownError:
    return ServerDownError(
        f"MLflow does not answer ({type(error).__name__})",
        try_next="`lab.platform.run('up', '--only', 'mlflow')`, then run this cell again.",
    )
