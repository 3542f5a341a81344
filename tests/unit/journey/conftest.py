from pathlib import Path

import pytest


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone's state of this test's own."""
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path))
    return tmp_path
