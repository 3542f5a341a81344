"""Benchmarks run only when they are asked for: `pytest -m bench tests/bench`."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "bench" in config.option.markexpr:
        return
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    config.hook.pytest_deselected(items=ours)
    items[:] = [item for item in items if item not in ours]
