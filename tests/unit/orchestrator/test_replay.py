"""Today's workflow over the histories of all its versions: it must come to the same decisions.

The replayer runs it in the sandbox of the SDK, which the worker does without: so a clock or a random number in it is
found here, and not paid for with every payment.
"""

import pytest
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from services.orchestrator.converter import DATA_CONVERTER
from services.orchestrator.workflow import ProcessPayment
from tests.unit.orchestrator import recorded
from tests.unit.orchestrator.mistakes import ByTheClock, Unversioned

HISTORIES = [(version, path.stem) for version in recorded.versions() for path in recorded.files(version)]


async def replay(implementation: type, version: str, name: str) -> None:
    replayer = Replayer(workflows=[implementation], data_converter=DATA_CONVERTER)
    await replayer.replay_workflow(recorded.load(version, name))


@pytest.mark.parametrize(("version", "name"), HISTORIES)
async def test_history_replay(version: str, name: str) -> None:
    await replay(ProcessPayment, version, name)


def test_every_version_recorded_the_same_scenarios() -> None:
    recorded_names = {tuple(path.stem for path in recorded.files(version)) for version in recorded.versions()}
    assert len(recorded_names) == 1


def test_the_change_is_marked_in_the_histories_of_failed_payments_only() -> None:
    marked = {
        (version, name) for version, name in HISTORIES if "core_patch retry-after-scoring" in steps(version, name)
    }
    assert marked == {("v2", "failed_payment"), ("v2", "fallback"), ("v2", "suspected_fraud")}


def test_a_suspected_fraud_was_planned_for_before_the_change_and_is_not_after_it() -> None:
    plan = "core_local_activity plan_retry"
    assert plan in steps("v1", "suspected_fraud")
    assert plan not in steps("v2", "suspected_fraud")
    assert plan in steps("v2", "failed_payment")


def steps(version: str, name: str) -> list[str]:
    return recorded.steps(recorded.load(version, name))


@pytest.mark.parametrize("version", recorded.versions())
async def test_a_change_without_a_version_is_caught(version: str) -> None:
    with pytest.raises(NondeterminismError, match="store_event"):
        await replay(Unversioned, version, "stored")


async def test_a_clock_of_its_own_is_caught() -> None:
    with pytest.raises(RuntimeError, match=r"datetime\.now"):
        await replay(ByTheClock, "v1", "stored")
