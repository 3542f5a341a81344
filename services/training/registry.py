"""The registry: MLflow's runs, model versions and aliases. Everything that knows MLflow is here."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import mlflow
import msgspec
import pandas as pd
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient

from services.training.errors import RegistryUnavailableError
from services.training.gate import Budgets
from services.training.report import Report

if TYPE_CHECKING:
    from services.training.training import Trained  # with Feast, which takes seconds to import

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
EXPERIMENT: Final = "payments"
_REPORT: Final = "report.json"
_TEST: Final = "test.parquet"


@dataclass(frozen=True)
class Registered:
    """A version with what the gate needs: the model, its report, what it takes, and the test that it was judged on."""

    task: str
    version: str
    model: Any
    report: Report
    budgets: Budgets
    test: pd.DataFrame


class Registry:
    """Models by task; each version may be the `champion`, which is served, or the `challenger`, which wants to be."""

    def __init__(self, tracking_uri: str, prefix: str = "") -> None:
        """Take the server's address, and what to put before the models' names: tests share a server."""
        self._uri = tracking_uri
        self._prefix = prefix
        self._client = MlflowClient(tracking_uri, tracking_uri)

    def log(self, trained: "Trained", tags: Mapping[str, str]) -> str:
        """Record the run, register its model as the challenger, and return the new version's number.

        Raises:
            RegistryUnavailableError: MLflow does not answer.
        """
        with self._answering(), mlflow.start_run(run_name=trained.report.task, tags=dict(tags)):
            mlflow.log_params(dict(trained.parameters))
            rows = trained.examples.test.features.head(5)
            logged = mlflow.sklearn.log_model(
                trained.model,
                name="model",
                serialization_format="cloudpickle",
                pyfunc_predict_fn="predict_proba",
                signature=infer_signature(rows, trained.model.predict_proba(rows)),
                input_example=rows,
                # Given, because finding them out loads the model in another process.
                pip_requirements=[
                    f"{name}=={version(name)}" for name in ("scikit-learn", "numpy", "pandas", "cloudpickle")
                ],
            )
            # After the model, which would copy those that are there one request at a time.
            mlflow.log_metrics(
                trained.report.metrics() | {f"budget.{k}": v for k, v in asdict(trained.budgets).items()},
                model_id=logged.model_id,
            )
            self._log_files(trained)
            # Last, so that a version has all that belongs to it.
            number = str(mlflow.register_model(logged.model_uri, self._name(trained.report.task)).version)
        with self._answering():
            self._client.set_registered_model_alias(self._name(trained.report.task), CHALLENGER, number)
        return number

    def _log_files(self, trained: "Trained") -> None:
        test = trained.examples.test
        kept = test.features.assign(
            label=test.labels, customer=test.customers.astype(str), **{
                name: test.frame[name] for name in ("amount_usd_cents", "currency", "occurred_at_s", "retry_in_s")
            }
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / _REPORT).write_bytes(
                msgspec.json.encode({"report": trained.report, "budgets": trained.budgets})
            )
            kept.to_parquet(Path(folder) / _TEST, index=False)
            mlflow.log_artifacts(folder)
        mlflow.log_artifacts(str(trained.folder))

    def at(self, task: str, alias: str) -> Registered | None:
        """Return the version with this alias; None if there is none. Raises `RegistryUnavailableError`."""
        with self._answering():
            found = self._version(task, alias)
            if found is None:
                return None
            model = mlflow.sklearn.load_model(f"models:/{self._name(task)}/{found.version}")
            with tempfile.TemporaryDirectory() as folder:
                files = [self._client.download_artifacts(str(found.run_id), name, folder) for name in (_REPORT, _TEST)]
                held = msgspec.json.decode(Path(files[0]).read_bytes(), type=dict[str, msgspec.Raw])
                test = pd.read_parquet(files[1])
        report = msgspec.json.decode(held["report"], type=Report)
        budgets = msgspec.json.decode(held["budgets"], type=Budgets)
        return Registered(task, str(found.version), model, report, budgets, test)

    def _version(self, task: str, alias: str) -> ModelVersion | None:
        try:
            return self._client.get_model_version_by_alias(self._name(task), alias)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise

    def run_of(self, task: str, number: str) -> Run:
        """Return the run that made a version: its parameters, metrics and tags."""
        with self._answering():
            return self._client.get_run(str(self._client.get_model_version(self._name(task), number).run_id))

    def files_of(self, task: str, number: str) -> set[str]:
        """Return the names of the files beside a version's model."""
        with self._answering():
            return {file.path for file in self._client.list_artifacts(self.run_of(task, number).info.run_id)}

    def signature_of(self, task: str, number: str) -> list[str]:
        """Return the names of the inputs that a version takes, in order."""
        with self._answering():
            found = mlflow.models.get_model_info(f"models:/{self._name(task)}/{number}").signature
            return found.inputs.input_names() if found else []

    def _name(self, task: str) -> str:
        return f"{self._prefix}{task}"

    def crown(self, task: str, number: str) -> None:
        """Make a version the champion, and the challenger no more."""
        with self._answering():
            self._client.set_registered_model_alias(self._name(task), CHAMPION, number)
            self._client.delete_registered_model_alias(self._name(task), CHALLENGER)

    def note(self, task: str, number: str, refused: str) -> None:
        """Write on a version what the gate said of it."""
        with self._answering():
            self._client.set_model_version_tag(self._name(task), number, "gate", refused)

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        mlflow.set_tracking_uri(self._uri)
        try:
            mlflow.set_experiment(EXPERIMENT)
            yield
        except (MlflowException, OSError) as error:
            if isinstance(error, MlflowException) and int(error.get_http_status_code()) < 500:  # type: ignore[no-untyped-call]  # noqa: PLR2004
                raise
            raise RegistryUnavailableError(
                f"MLflow at {self._uri} does not answer; `lakehouse up --only mlflow` starts it"
            ) from error
