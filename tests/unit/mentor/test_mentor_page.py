"""What a mentor gets to see."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from labkit.mentor.__main__ import main
from labkit.progress import Kind

from .class_of import event, right, write, wrong


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class of two, one of whom wrote something that a browser would run."""
    monkeypatch.setenv("COLUMNS", "200")
    write(tmp_path / "class" / "anna.jsonl", event(0, Kind.STARTED), *right(4, "key"))
    said = "`key` raised ValueError: <script>alert(1)</script> [red]"
    tries = [one for minute in range(4) for one in wrong(minute, "key", said)]
    write(tmp_path / "class" / "bela <b>.jsonl", event(0, Kind.STARTED), event(1, Kind.HINT, "key"), *tries)
    return tmp_path


class _Outside(HTMLParser):
    """Collects what a page would load, run, or leave open."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] * (tag in ("script", "link", "img", "iframe", "b"))
        self.found += [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_terminal_and_the_page_say_who_may_need_somebody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder / "class"), "--page", str(folder / "page.html")]) == 0

    lines = capsys.readouterr().out.splitlines()
    page = (folder / "page.html").read_text()
    [bela] = [line for line in lines if line.startswith(" bela")]
    [anna] = [line for line in lines if line.startswith(" anna")]
    assert lines.index(bela) < lines.index(anna)
    assert "03_normalizer" in bela
    assert "1 of 4" in bela
    assert "relay" in anna
    assert [line for line in lines if "<script>alert(1)</script> [red]" in line]
    assert page.count("class=stuck") == 1


def test_the_page_is_whole_and_loads_and_runs_nothing(folder: Path) -> None:
    main([str(folder / "class"), "--page", str(folder / "page.html")])

    seen = _Outside()
    seen.feed((folder / "page.html").read_text())

    assert seen.found == []
    assert seen.open == []


def test_a_folder_without_logs_ends_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--page", str(tmp_path / "page.html")]) == 1

    assert "holds no learner's log" in capsys.readouterr().err
