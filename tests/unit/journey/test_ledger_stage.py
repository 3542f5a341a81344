from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.simulator.ledger import Ledger
from stack.journey.adapters.ledger import LedgerStage
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Stage


def test_an_event_that_was_answered_200_is_found_with_its_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "accepted.jsonl")
    before = datetime.now(UTC)
    ledger.append("evt_1", "charge.succeeded")
    (sighting,) = LedgerStage(ledger).look("stripe:evt_1")[Stage.LEDGER]
    assert sighting.at is not None
    assert before <= sighting.at <= datetime.now(UTC)


def test_before_anything_was_sent_nothing_is_there(tmp_path: Path) -> None:
    stage = LedgerStage(Ledger(tmp_path / "accepted.jsonl"))
    assert stage.look("stripe:evt_1") == {}
    assert stage.accepted().distinct == frozenset()


def test_a_damaged_ledger_is_reported_not_skipped(tmp_path: Path) -> None:
    (tmp_path / "accepted.jsonl").write_text("{half a li", encoding="utf-8")
    with pytest.raises(StageUnavailableError, match="ledger cannot be read"):
        LedgerStage(Ledger(tmp_path / "accepted.jsonl")).accepted()
