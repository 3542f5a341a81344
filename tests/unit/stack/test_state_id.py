from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stack import lifecycle, state_id
from stack.context import Context
from stack.progress import Reporter


@pytest.mark.usefixtures("state")
def test_the_id_stays_until_the_platform_is_reset() -> None:
    before = state_id.current()
    assert state_id.current() == before

    lifecycle.reset(Context.load(), Reporter())

    assert state_id.current() != before


def test_all_who_ask_at_once_get_the_same_id(state: Path) -> None:
    with ThreadPoolExecutor(max_workers=16) as pool:
        ids = set(pool.map(lambda _: state_id.current(), range(64)))

    assert len(ids) == 1
    assert [path.name for path in state.glob("*state_id*")] == ["state_id"]
