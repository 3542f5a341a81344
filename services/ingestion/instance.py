"""Where Dagster keeps its runs and their history."""

import os
from pathlib import Path

import dagster as dg

from services.contracts.settings import state_dir

_CONFIG = "telemetry:\n  enabled: false\n"


def instance() -> dg.DagsterInstance:
    """Return the instance at `DAGSTER_HOME`, else in the clone's state folder; telemetry is off there."""
    home = Path(os.environ.get("DAGSTER_HOME") or state_dir() / "dagster")
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_CONFIG)
    return dg.DagsterInstance.from_config(str(home))
