import html
import json
import re

import pytest

from labkit import frontend
from labkit.frontend import Button
from labkit.outcome import Fault, Outcome, Verdict


def commands(button: Button) -> list[str]:
    found = re.search(r'data-commandlinker-args="([^"]*)"', button.html())
    assert found
    commands: list[str] = json.loads(html.unescape(found[1])).get("commands", [])
    return commands


def test_outside_of_a_live_notebook_there_are_no_buttons() -> None:
    assert not frontend.live()
    assert "<button" not in Verdict("sign", Outcome.FAILED, "no", Fault.CODE).panel().html()


def test_in_a_live_notebook_a_failed_check_offers_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "live", lambda: True)
    panel = Verdict("sign", Outcome.FAILED, "no", Fault.CODE).panel()

    assert re.findall(r">([^<]*)</button>", panel.html()) == ["Check again", "Hint", "Solution", "Start over"]
    assert "Hint" not in panel.text()


def test_a_platform_problem_offers_to_check_again_and_no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "live", lambda: True)
    panel = Verdict("sign", Outcome.COULD_NOT_CHECK, "down", Fault.SERVER).panel()

    assert re.findall(r">([^<]*)</button>", panel.html()) == ["Check again"]


def test_a_button_runs_its_code_in_a_new_cell_or_only_puts_it_there() -> None:
    assert commands(Button("Hint", 'lab.hint("x")'))[-1] == "notebook:run-cell"
    assert "notebook:run-cell" not in commands(Button("Stub", "def x(): ...", run=False))
    assert "notebook:run-cell" in Button("Check again").html()
