"""The steps as kfp components.

kfp copies the text of each function into the compiled pipeline and runs it there, alone: so a component imports what it
needs inside, and does nothing but call its step. The step itself comes with the image.
"""

from typing import NamedTuple

from kfp import dsl

from services.pipelines.images import MODELS

# The image has kfp already; left to itself, each run of a component would begin with a download of it.
component = dsl.component(base_image=MODELS, install_kfp_package=False)


@component
def build_features(metrics: dsl.Output[dsl.Metrics]) -> str:
    """Compute the feature tables; returns the snapshot of the facts that they are of."""
    from services.pipelines import feature_steps  # noqa: PLC0415

    built = feature_steps.build_features()
    metrics.log_metric("customer_rows", built.customer_rows)
    metrics.log_metric("merchant_rows", built.merchant_rows)
    return str(built.facts_snapshot_id)


@component
def train_model(
    task: str, facts_snapshot_id: str, seed: int, metrics: dsl.Output[dsl.Metrics], card: dsl.Output[dsl.Markdown]
) -> str:
    """Train one task's model and register it as the challenger; returns its version."""
    from pathlib import Path  # noqa: PLC0415

    from services.pipelines import model_steps  # noqa: PLC0415

    made = model_steps.train_model(task, int(facts_snapshot_id), seed)
    for name, value in made.metrics.items():
        metrics.log_metric(name, value)
    Path(card.path).write_text(made.card, encoding="utf-8")
    return made.number


@component
def promote_model(task: str, seed: int) -> NamedTuple("Verdict", [("champion", str), ("reasons", str)]):  # type: ignore[valid-type]
    """Let the gate decide; returns the new champion's version, or nothing and the reasons."""
    from typing import NamedTuple  # noqa: PLC0415

    from services.pipelines import model_steps  # noqa: PLC0415

    verdict = model_steps.promote_model(task, seed)
    Verdict = NamedTuple("Verdict", [("champion", str), ("reasons", str)])  # noqa: UP014 - kfp reads its name
    return Verdict(verdict.champion or "", "; ".join(verdict.reasons))


@component
def materialize_features() -> str:
    """Bring the online store to the present; returns that time."""
    from services.pipelines import feature_steps  # noqa: PLC0415

    return feature_steps.materialize_features().isoformat()
