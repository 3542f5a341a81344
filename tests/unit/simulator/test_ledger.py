from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from services.simulator.ledger import Ledger


def test_what_is_appended_is_accepted_under_the_platforms_own_id(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    ledger = Ledger(tmp_path / "ledger" / "accepted.jsonl")
    ledger.append("evt_1", "charge.succeeded")
    ledger.append("stripe:evt_2", "refund.created")
    accepted = ledger.accepted()
    assert list(accepted) == ["stripe:evt_1", "stripe:evt_2"]
    assert all(before <= at <= datetime.now(UTC) for at in accepted.values())


def test_a_ledger_that_nothing_was_written_to_is_empty(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "accepted.jsonl").accepted() == {}


def test_an_event_accepted_twice_counts_from_the_first_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "accepted.jsonl")
    ledger.append("evt_1", "charge.succeeded")
    first = ledger.accepted()
    ledger.append("evt_1", "charge.succeeded")
    assert ledger.accepted() == first


def test_senders_that_write_at_once_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "accepted.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Ledger(path).append(f"evt_{number}", "charge.succeeded"), range(400)))
    assert len(Ledger(path).accepted()) == 400
