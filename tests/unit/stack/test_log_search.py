from pathlib import Path

import pytest

from stack import log_search
from stack.errors import StackError

TRACE = "0af7651916cd43dd8448eb211c80319c"


def line(service: str, event: str, second: int, trace: str = TRACE) -> str:
    return (
        f'{{"event": "{event}", "timestamp": "2026-11-23T08:00:{second:02}.000000Z", "service": "{service}",'
        f' "trace_id": "{trace}"}}\n'
    )


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path))
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "normalizer.log").write_text(
        line("normalizer", "normalized", 2) + line("normalizer", "other", 3, "f" * 32)
    )
    (folder / "gateway.log.1").write_text(line("gateway", "accepted", 1))
    (folder / "gateway.log").write_text(f"not JSON, but {TRACE}\n")
    return folder


@pytest.mark.usefixtures("logs")
def test_all_that_the_services_say_of_one_trace_is_shown_in_the_order_of_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_search.show(TRACE)
    shown = capsys.readouterr().out.splitlines()
    assert [row.split()[:3] for row in shown] == [
        ["08:00:01.000", "gateway", "accepted"],
        ["08:00:02.000", "normalizer", "normalized"],
    ]


@pytest.mark.usefixtures("logs")
def test_one_service_alone_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    log_search.show(TRACE, "normalizer")
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.usefixtures("logs")
def test_an_id_that_nobody_mentions_is_said_to_be_unknown() -> None:
    with pytest.raises(StackError, match="mentions 1234"):
        log_search.show("1234")
