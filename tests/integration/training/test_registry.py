"""MLflow's registry on real servers: what a run keeps, and that only the gate makes a champion."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from stack import lifecycle, testing
from stack.progress import Reporter
from tests.unit.training.made_up import TELLS, made_up

pytestmark = [
    pytest.mark.integration,
    # MLflow, and what it imports and calls, warns of itself.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TAGS = {"facts_snapshot_id": "42", "git_commit": "abc"}


@pytest.fixture(scope="module")
def registry() -> object:
    """The registry, in an experiment and under model names of its own: `fraud` is everybody's."""
    from services.training.registry import Registry  # noqa: PLC0415 - it warns while it is imported, see pytestmark
    from services.training.settings import MLflow  # noqa: PLC0415

    lifecycle.up(("mlflow",), testing.own_context(), Reporter())
    return Registry(MLflow().tracking_uri, prefix=f"scratch-{uuid4().hex[:8]}-")


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[object]:
    """Return how to train a model on made-up examples: the better, the more trees."""
    from services.training import card, judging  # noqa: PLC0415
    from services.training.fitting import fit  # noqa: PLC0415
    from services.training.training import Trained, budgets  # noqa: PLC0415

    def train(trees: int, seed: int = 1) -> object:
        examples = made_up(seed)
        model = fit(examples, 3, max_iter=trees)
        report = judging.judge(model, examples, None, 3)
        (tmp_path / "card.md").write_text(card.markdown(report, examples.split, {}), encoding="utf-8")
        taken = replace(budgets(model, examples, iter(range(1_000)).__next__), latency_ms=2.0)
        return Trained(
            examples, model, replace(report, calibration_error=0.0), taken, {"max_iter": str(trees)}, tmp_path
        )

    return train


def test_only_the_gate_makes_a_champion_and_it_refuses_with_the_reason(registry, trained) -> None:  # noqa: ANN001
    from services.training.errors import PromotionRefusedError, TrainingError  # noqa: PLC0415
    from services.training.promoting import promote  # noqa: PLC0415

    with pytest.raises(TrainingError, match="fraud has no challenger"):
        promote(registry, "fraud", 7)

    first = registry.log(trained(40), TAGS)
    assert registry.at("fraud", "champion") is None
    assert promote(registry, "fraud", 7) == first == registry.at("fraud", "champion").version
    assert registry.at("fraud", "challenger") is None

    second = registry.log(trained(1), TAGS)
    with pytest.raises(PromotionRefusedError, match=r"less than 0\.005") as refused:
        promote(registry, "fraud", 7)
    assert refused.value.reasons
    assert registry.at("fraud", "champion").version == first
    assert registry.at("fraud", "challenger").version == second


def test_a_version_keeps_what_made_it_and_what_it_takes_to_judge_it(registry, trained) -> None:  # noqa: ANN001
    made = trained(20, seed=2)

    number = registry.log(made, TAGS)
    held = registry.at("fraud", "challenger")
    run = registry.run_of("fraud", number)

    assert held.version == number
    assert held.report == made.report
    assert held.test[TELLS].tolist() == made.examples.test.frame[TELLS].tolist()
    assert (
        held.model.predict_proba(made.examples.test.features) == made.model.predict_proba(made.examples.test.features)
    ).all()
    assert run.data.tags.items() >= TAGS.items()
    assert run.data.params["max_iter"] == "20"
    assert run.data.metrics["model.average_precision"] == pytest.approx(
        made.report.figures["model"]["average_precision"].value
    )
    assert {"card.md", "report.json", "test.parquet"} <= registry.files_of("fraud", number)
    assert registry.signature_of("fraud", number) == list(made.examples.test.inputs)
