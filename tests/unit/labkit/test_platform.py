import sys
from pathlib import Path

import pytest

from labkit.errors import ServerDownError
from labkit.platform import Platform, scrub
from services.contracts.settings import REPOSITORY


def command(python: str) -> list[str]:
    return [sys.executable, "-c", python]


def test_progress_is_shown_line_by_line() -> None:
    lines: list[str] = []
    Platform(command("print('minio ready'); print('kafka ready')"), say=lines.append).run("up")

    assert lines == ["minio ready", "kafka ready"]


def test_a_failing_command_is_shown_with_its_last_lines() -> None:
    platform = Platform(command("print('no memory'); raise SystemExit(2)"), say=len)

    with pytest.raises(ServerDownError, match=r"(?s)`lakehouse up` failed \(exit code 2\).*no memory"):
        platform.run("up")


def test_an_answer_counts_although_the_command_says_no() -> None:
    assert Platform(command("print('{\"ready\": false}'); raise SystemExit(1)")).ask("status") == {"ready": False}


def test_no_answer_is_reported_with_what_was_said_instead() -> None:
    platform = Platform(command("raise SystemExit('no such command')"))

    with pytest.raises(ServerDownError, match="gave no answer: no such command"):
        platform.ask("status")


def test_the_catalog_is_unknown_until_the_platform_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path))

    assert "not chosen yet" in Platform().catalog()


@pytest.mark.parametrize(("kind", "words"), [("user:key", "Polaris"), ("", "reference REST catalog")])
def test_the_catalog_in_use_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, words: str) -> None:
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path))
    monkeypatch.setenv("CATALOG_CREDENTIAL", kind)
    (tmp_path / "platform.env").touch()

    assert words in Platform().catalog()


def test_outputs_hold_no_path_of_this_machine() -> None:
    assert scrub(f"see {REPOSITORY}/.lakehouse/logs and {Path.home()}/.cache") == "see .lakehouse/logs and ~/.cache"
