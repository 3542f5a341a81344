"""`python -m services.simulator live`, against the running gateway."""

import os
import re
import signal
import subprocess
import sys

import pytest

from services.simulator.ledger import Ledger

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "services.simulator", "live", *arguments]


def live(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments),
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_it_sends_what_is_asked_for_and_keeps_the_record_of_it() -> None:
    before = Ledger.default().accepted().keys()
    finished = live("--events", "20", "--seed", "7")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("accepted 20, refused 0, unanswered 0, retried 0")
    assert finished.stdout.count("\n") == 1
    assert len(Ledger.default().accepted().keys() - before) >= 20


def test_copies_swaps_and_corrupt_events_get_the_answers_that_they_must_get() -> None:
    before = Ledger.default().accepted().keys()
    finished = live("--events", "300", "--duplicates", "0.1", "--out-of-order", "0.1", "--corrupt", "0.2")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "every answer as expected" in finished.stdout
    for kind in ("duplicate, later", "out of order", "corrupt: tampered body", "corrupt: null currency"):
        assert kind in finished.stdout
    refused = sum(
        map(
            int,
            re.findall(r"corrupt: (?:tampered body|bad signature|not JSON|NaN|not an event) (\d+)", finished.stdout),
        )
    )
    assert f"refused {refused}," in finished.stdout
    quarantined = sum(
        map(int, re.findall(r"corrupt: (?:fractional|amount|null|unknown) ?\w* ?\w* (\d+)", finished.stdout))
    )
    assert len(Ledger.default().accepted().keys() - before) >= 300 + quarantined


def test_refusals_are_in_its_exit_code_and_not_in_the_record() -> None:
    finished = live("--events", "5", "--run-id", "refused", STRIPE_WEBHOOK_SECRET="whsec_wrong")
    assert finished.returncode == 1
    assert "accepted 0, refused 5" in finished.stdout
    assert "400 no v1 signature" in finished.stdout


def test_a_missing_gateway_is_said_after_the_retries() -> None:
    finished = live("--events", "2", GATEWAY_URL="http://127.0.0.1:1", SIMULATOR_RETRY_FOR_S="0.2")
    assert finished.returncode == 1
    assert "unanswered 2" in finished.stdout
    assert "lakehouse pipeline up" in finished.stdout


def test_a_rate_and_a_duration_are_kept() -> None:
    finished = live("--rate", "10", "--duration", "2")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    accepted = re.match(r"accepted (\d+), .* in (\d+\.\d) s", finished.stdout)
    assert accepted
    assert 1 <= int(accepted[1]) <= 21
    assert float(accepted[2]) >= 1.5


def test_ctrl_c_finishes_what_is_under_way_and_ends_with_the_summary() -> None:
    before = len(Ledger.default().accepted())
    running = subprocess.Popen(command("--rate", "20", "--duration", "100"), stdout=subprocess.PIPE, text=True)
    with running:
        assert running.stdout
        assert running.stdout.readline().startswith("accepted")  # the line that is printed now and then: it is at work
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
    assert running.returncode == 0
    ended = re.match(r"accepted (\d+), refused 0, unanswered 0", rest)
    assert ended
    assert len(Ledger.default().accepted()) - before >= int(ended[1]) > 0
