"""Where Dagster keeps its runs, its checks and their history."""

import os
from pathlib import Path

import dagster as dg

from services.contracts.settings import state_dir

# No telemetry, and no dialog that asks for an e-mail address.
_CONFIG = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


def home() -> Path:
    """Return Dagster's folder, `DAGSTER_HOME` or in the clone's state; made if need be, with telemetry off."""
    folder = Path(os.environ.get("DAGSTER_HOME") or state_dir() / "dagster")
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    if not config.exists():
        config.write_text(_CONFIG)
    return folder


def instance() -> dg.DagsterInstance:
    """Return the instance that the UI and the headless batch share."""
    return dg.DagsterInstance.from_config(str(home()))
