"""The steps on features, as functions: what `python -m services.features` does, one step at a time.

Each step reads its settings from the environment and its data from the lakehouse, so it runs wherever these are. Steps
on models are in `model_steps.py`: a process that builds features need not wait for MLflow to be imported.
"""

from datetime import UTC, datetime

from services.features.bootstrap import Built, bootstrap
from services.features.settings import FeaturesSettings


def build_features() -> Built:
    """Compute the feature tables from the marts. Raises `NoMartsError`."""
    return bootstrap(FeaturesSettings()).build()


def materialize_features() -> datetime:
    """Bring the online store to the present, and return that time (UTC)."""
    now = datetime.now(UTC)
    bootstrap(FeaturesSettings()).materialize(now)
    return now
