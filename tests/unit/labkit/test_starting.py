import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from labkit import starting
from labkit.errors import LabError
from labkit.health import Server
from labkit.platform import Platform
from labkit.spec import LabSpec

if TYPE_CHECKING:
    from .conftest import Bench

UP = Server("kafka", ready=True, page="", url="", login="", memory_mib=600)
DOWN = Server("trino", ready=False, page="Trino UI", url="http://127.0.0.1:8080/ui/", login="any name", memory_mib=1400)


@pytest.mark.usefixtures("lab_source")
def test_a_lab_goes_by_its_number_or_its_whole_name() -> None:
    assert starting.full_name("00") == starting.full_name("00_made_up") == "00_made_up"


@pytest.mark.usefixtures("lab_source")
@pytest.mark.parametrize("name", ["07", "0", "made_up", ""])
def test_a_lab_that_does_not_exist_is_answered_with_those_that_do(name: str) -> None:
    with pytest.raises(LabError, match="there are 00_made_up"):
        starting.full_name(name)


def test_a_server_that_does_not_start_is_shown_with_the_end_of_its_log(bench: "Bench") -> None:
    panel = starting.servers_panel([UP, DOWN], problem="`lakehouse up` failed")

    assert bench.folder.exists()
    assert panel.title == "What this lab needs, and what does not start"
    assert "trino, last lines of its log:" in panel.code
    assert "✗  trino   down" in panel.text()


def test_a_server_that_the_lab_itself_starts_is_no_problem() -> None:
    panel = starting.servers_panel([DOWN], by_hand=["trino"])

    assert (panel.title, panel.code) == ("What this lab needs", "")
    assert "started in this lab" in panel.text()


def test_a_saved_output_names_a_servers_page_and_has_no_address() -> None:
    assert "Trino UI (any name)" in starting.servers_panel([DOWN]).text()
    assert "127.0.0.1" not in starting.servers_panel([DOWN]).html()


def test_what_is_down_is_started_and_a_failure_does_not_take_the_lab_away(bench: "Bench") -> None:
    said: list[str] = []
    bench.spec = LabSpec("00_made_up", "", 1, 1, ("kafka", "minio"), (), started_by_hand=("minio",))
    lab = bench.lab()
    lab.platform = Platform([sys.executable, "-c", "import sys; print(*sys.argv[1:]); sys.exit(1)"], say=said.append)

    panel = starting.bring_up(lab)

    assert said == ["up --only kafka"]
    assert "`lakehouse up --only kafka` failed" in panel.lines[0]


def test_a_lab_without_servers_says_what_it_lacks_and_how_to_get_it() -> None:
    spec = LabSpec("00_made_up", "", 1, 1, (), (), lacks=lambda: "no control plane: `lakehouse cluster install`")

    lacking = starting.needed(spec)

    assert (lacking.title, lacking.lines) == ("This lab cannot run here yet", (spec.lacks(),))
    assert starting.needed(replace(spec, lacks=str)).lines == ()
