import json
from pathlib import Path

import pytest

from stack.context import Context
from stack.workplace import START_PAGE, layouts, proxied


@pytest.mark.usefixtures("state")
def test_every_user_interface_of_a_server_has_a_tile_on_this_clones_ports() -> None:
    found = proxied(Context.load(500))

    titles = {entry["launcher_entry"]["title"]: entry["port"] for entry in found.values()}
    assert titles["MinIO console"] == 9501
    assert titles["Temporal UI"] == 8733
    assert titles["Trino UI"] == 8580
    assert titles["Dagster"] == 3500
    assert "Your course" in titles
    assert not any(entry["command"] for entry in found.values())


def test_the_first_layout_shows_the_start_page_and_what_the_learner_makes_of_it_stays(state: Path) -> None:
    [file] = layouts().iterdir()
    assert f'"/{START_PAGE}"' in file.read_text()
    assert json.loads(file.read_text())["metadata"]["id"] == "default"
    file.write_text("the learner's own")

    layouts()

    assert [path.read_text() for path in (state / "jupyter" / "layouts").iterdir()] == ["the learner's own"]
