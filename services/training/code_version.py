"""Which code this is, for the runs that it makes."""

import os
import subprocess

from services.contracts.settings import REPOSITORY


def code_version() -> str:
    """Return the git commit: `LAKEHOUSE_COMMIT`, which an image was built with, else the clone's, else `unknown`."""
    if told := os.environ.get("LAKEHOUSE_COMMIT"):
        return told
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
