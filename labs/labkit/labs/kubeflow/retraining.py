"""Exercise 5: the real components, `services.pipelines.components`, on the real catalog and registry."""

import os
from collections.abc import Mapping
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import ServerDownError, WrongAnswerError
from labkit.labs.kubeflow import payments, running, wiring
from labkit.labs.kubeflow.wiring import Task
from labkit.servers.unwarned import quietly
from labkit.spec import Passed
from services.contracts.environment import environment
from services.training.settings import MLflow

PREFIX: Final = "lab14-"
SEED: Final = 5
_DOWN: Final = "`lab.platform.run('up', '--only', 'mlflow')`, then check again."
STEPS: Final = ("build-features", "train-model", "promote-model")


def check(attempt: Attempt) -> Passed:
    """Read the compiled pipeline, run it on the servers, and ask the registry what came of it."""
    pipeline = running.as_pipeline(attempt.written())
    if mistake := _of_wiring(wiring.tasks(pipeline)):
        raise WrongAnswerError(mistake)
    _forget()
    settings = payments.features().settings
    told = {
        "FEATURES_MARTS_NAMESPACE": settings.marts_namespace,
        "FEATURES_NAMESPACE": settings.namespace,
        "FEATURES_STORE_DIR": str(settings.store_dir),
        "TRAINING_REGISTRY_PREFIX": PREFIX,
        "OMP_NUM_THREADS": "1",
    }
    with environment({**os.environ, **told}):
        done = running.run(pipeline, seed=SEED)
    if "RegistryUnavailableError" in done.said:
        raise ServerDownError(done.said, try_next=_DOWN)
    running.ended(done)
    version = done.steps["train-model"].outputs["Output"]
    snapshot = done.steps["build-features"].outputs["Output"]
    verdict = done.steps["promote-model"].outputs
    tags = _tags(version)
    if tags.get("facts_snapshot_id") != snapshot:
        raise WrongAnswerError(
            f"version {version} says that it was trained on snapshot {tags.get('facts_snapshot_id')}, "
            f"the features are of {snapshot}"
        )
    return Passed(
        "a version is in the registry that says on which rows it was trained, and the gate has answered",
        {
            "registered": f"{PREFIX}fraud",
            "its tag facts_snapshot_id": "the snapshot that build-features returned",
            "the gate": "promoted" if verdict["champion"] else f"refused: {verdict['reasons']}",
        },
    )


def _forget() -> None:
    """Take the lab's own model out of the registry: the gate is to judge a first champion each time."""
    with quietly():
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - it takes seconds to import
        from mlflow.tracking import MlflowClient  # noqa: PLC0415

        try:
            MlflowClient(MLflow().tracking_uri).delete_registered_model(f"{PREFIX}fraud")
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise ServerDownError(f"MLflow at {MLflow().tracking_uri} does not answer", try_next=_DOWN) from None


def _tags(version: str) -> Mapping[str, str]:
    with quietly():
        from services.training.registry import Registry  # noqa: PLC0415 - MLflow takes seconds to import

        tags: Mapping[str, str] = Registry(MLflow().tracking_uri, PREFIX).run_of("fraud", version).data.tags
    return tags


def _of_wiring(tasks: Mapping[str, Task]) -> str | None:
    found = sorted(task.component for task in tasks.values())
    if found != sorted(STEPS):
        return f"the pipeline has the steps {', '.join(found) or '(none)'}; asked for were {', '.join(STEPS)}, one each"
    by = {task.component: task for task in tasks.values()}
    train, promote = by["train-model"], by["promote-model"]
    of = train.inputs["facts_snapshot_id"]
    if of != "Output of build-features":
        return (
            f"`train_model` is told `facts_snapshot_id` = {of}; it has to be the one that `build_features` returns, or "
            "features and labels are of different days"
        )
    for task in (train, promote):
        name = task.component.replace("-", "_")
        if task.inputs["task"] != "fraud":
            return f"`{name}` works on `{task.inputs['task']}`, asked for was fraud"
        if task.inputs["seed"] != "the parameter seed":
            return f"`{name}` gets `seed` = {task.inputs['seed']}, not the pipeline's own `seed`"
    if "train-model" not in promote.after:
        return (
            "`promote_model` waits for nothing: the gate would judge last week's challenger while this week's is "
            "still being trained"
        )
    return None
