"""The steps on models, as functions: what `python -m services.training` does, one step at a time."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from services.training.code_version import code_version
from services.training.errors import PromotionRefusedError
from services.training.promoting import promote
from services.training.registry import Registry
from services.training.settings import TrainingSettings


@dataclass(frozen=True)
class Version:
    """A model that was registered: its number, every figure of its report by a flat name, and its card in Markdown."""

    number: str
    metrics: dict[str, float]
    card: str


@dataclass(frozen=True)
class Verdict:
    """What the gate said: the champion's number if the challenger passed, else all that speaks against it."""

    champion: str | None
    reasons: tuple[str, ...] = ()


def train_model(task: str, facts_snapshot_id: int, seed: int) -> Version:
    """Train and judge one task's model on the facts of this snapshot, and register it as the challenger.

    Raises:
        NoMartsError: the snapshot is not there any more.
        TrainingError: there is too little to learn from.
        RegistryUnavailableError: MLflow does not answer.
    """
    # The gate needs none of these, and Feast takes seconds to import.
    from services.features.bootstrap import bootstrap  # noqa: PLC0415
    from services.features.settings import FeaturesSettings  # noqa: PLC0415
    from services.training.training import train  # noqa: PLC0415

    wired = bootstrap(FeaturesSettings())
    tags = {"facts_snapshot_id": str(facts_snapshot_id), "git_commit": code_version()}
    with TemporaryDirectory() as folder:
        facts = wired.facts(facts_snapshot_id)
        trained = train(task, wired, facts.rows, None, seed, Path(folder), tags)
        number = _registry().log(trained, tags)
        card = (trained.folder / "card.md").read_text(encoding="utf-8")
    return Version(number, trained.report.metrics(), card)


def promote_model(task: str, seed: int) -> Verdict:
    """Let the gate decide on the challenger. A refusal is an answer, not a failure.

    Raises:
        TrainingError: there is no challenger.
        RegistryUnavailableError: MLflow does not answer.
    """
    try:
        return Verdict(promote(_registry(), task, seed))
    except PromotionRefusedError as refused:
        return Verdict(None, tuple(refused.reasons))


def _registry() -> Registry:
    settings = TrainingSettings()
    return Registry(settings.mlflow.tracking_uri, settings.registry_prefix)
