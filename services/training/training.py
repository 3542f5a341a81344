"""One task from facts to a judged model, with its card. Writes files, and registers nothing."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cloudpickle  # type: ignore[import-untyped] # it publishes no types
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV

from services.features.bootstrap import Features
from services.training import baselines, card, judging, judging_retry, truth
from services.training.examples import Examples, examples
from services.training.fitting import PARAMETERS, fit
from services.training.gate import Budgets
from services.training.plots import draw
from services.training.policy import DELAYS_S, Model
from services.training.report import Report
from services.training.tasks import TASKS
from services.training.truth import Truth

TIMED_ROWS = 60


@dataclass(frozen=True)
class Trained:
    """A model with its training set, its report, what it takes, and the folder with its card and plots."""

    examples: Examples
    model: CalibratedClassifierCV
    report: Report
    budgets: Budgets
    parameters: Mapping[str, str]
    folder: Path


def train(  # noqa: PLR0913, PLR0917 - the parts of a run
    task: str,
    features: Features,
    facts: pa.Table,
    known: Truth | None,
    seed: int,
    folder: Path,
    snapshots: Mapping[str, str],
    clock: Callable[[], float] = time.process_time,
) -> Trained:
    """Train, judge and describe one task's model.

    Args:
        task: `fraud`, `churn` or `retry`.
        features: where the training set comes from.
        facts: the marts' facts, of which the features were built.
        known: the simulator's truth; None, or that of another history, where it is not known.
        seed: of everything random.
        folder: for the card and the plots.
        snapshots: names and ids of the data, for the card.
        clock: seconds, to measure the latency by; of the processor, since a busy machine is not the model's fault.
    """
    made = examples(features, facts, TASKS[task])
    model = fit(made, seed)
    report = _judged(task, model, made, known, seed)
    parameters = {**snapshots, "seed": str(seed), **{name: str(value) for name, value in PARAMETERS.items()}}
    folder.mkdir(parents=True, exist_ok=True)
    draw(folder, _scores(task, model, made), made.test.labels, dict(report.importance))
    (folder / "card.md").write_text(card.markdown(report, made.split, parameters), encoding="utf-8")
    return Trained(made, model, report, budgets(model, made, clock), parameters, folder)


def _judged(task: str, model: Model, made: Examples, known: Truth | None, seed: int) -> Report:
    event_ids = made.test.frame["event_id"]
    charges = known.of(event_ids) if known is not None and known.covers(event_ids) else None
    if task == "retry":
        chances = None if charges is None else _retry_truth(charges, made)
        return judging_retry.judge(model, made, chances, seed)
    oracle = None
    if charges is not None:
        horizon_s = made.task.horizon.total_seconds()
        oracle = truth.fraud_chances(charges) if task == "fraud" else truth.churn_chances(charges, horizon_s)
    return judging.judge(model, made, oracle, seed)


def _retry_truth(charges: object, made: Examples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    every = np.broadcast_to(np.array(DELAYS_S), (len(made.test.labels), len(DELAYS_S)))
    tried = made.test.frame["retry_in_s"].to_numpy(dtype=np.float64)
    return truth.retry_chances(charges, every), truth.retry_chances(charges, tried)


def _scores(task: str, model: Model, made: Examples) -> dict[str, NDArray[np.float64]]:
    scores = {"model": judging.scored(model, made.test)}
    return scores if task == "retry" else scores | {"rules": baselines.rules(task, made.test)}


def budgets(model: CalibratedClassifierCV, made: Examples, clock: Callable[[], float]) -> Budgets:
    """Return the median time of one row's prediction, and the size of the artefact."""
    rows = made.test.features
    seconds = []
    for place in range(min(TIMED_ROWS, len(rows))):
        row = rows.iloc[[place]]
        started = clock()
        model.predict_proba(row)
        seconds.append(clock() - started)
    return Budgets(float(np.median(seconds)) * 1_000, len(cloudpickle.dumps(model)) / 2**20)
