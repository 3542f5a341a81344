"""`python -m services.simulator`, against the running gateway."""

import os
import subprocess
import sys

import pytest

from services.simulator.ledger import Ledger

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


def simulator(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.simulator", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_it_sends_what_is_asked_for_and_keeps_the_record_of_it() -> None:
    before = Ledger.default().accepted().keys()
    finished = simulator("--events", "20", "--seed", "7")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("accepted 20, refused 0, unanswered 0, retried 0")
    assert finished.stdout.count("\n") == 1
    assert len(Ledger.default().accepted().keys() - before) >= 20


def test_refusals_are_in_its_exit_code_and_not_in_the_record() -> None:
    finished = simulator("--events", "5", "--run-id", "refused", STRIPE_WEBHOOK_SECRET="whsec_wrong")
    assert finished.returncode == 1
    assert "accepted 0, refused 5" in finished.stdout
    assert "400 no v1 signature" in finished.stdout


def test_a_missing_gateway_is_said_after_the_retries() -> None:
    finished = simulator("--events", "2", GATEWAY_URL="http://127.0.0.1:1", SIMULATOR_RETRY_FOR_S="0.2")
    assert finished.returncode == 1
    assert "unanswered 2" in finished.stdout
    assert "lakehouse pipeline up" in finished.stdout
