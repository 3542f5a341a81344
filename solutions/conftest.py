"""nbval runs the solved notebooks again: a lab that this machine lacks something for is left out, with the reason."""

import pytest

from labkit.spec import load


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip every cell of such a lab's notebook, so that its kernel is not started either."""
    for notebook in {item.path for item in items if item.path.suffix == ".ipynb"}:
        if reason := load(notebook.stem).lacks():
            for item in items:
                if item.path == notebook:
                    item.add_marker(pytest.mark.skip(reason=reason))
