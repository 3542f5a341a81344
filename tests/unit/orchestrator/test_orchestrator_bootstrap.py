"""What a lab may swap."""

import pytest

from services.orchestrator.bootstrap import bootstrap
from services.orchestrator.errors import OrchestratorError
from services.orchestrator.settings import OrchestratorSettings
from services.orchestrator.workflow import ProcessPayment


async def mine() -> None:
    """An activity of a learner's."""


def test_the_real_workflow_runs_unless_another_is_given() -> None:
    assert bootstrap(OrchestratorSettings()).workflow is ProcessPayment


def test_one_activity_is_replaced_by_its_name() -> None:
    assert bootstrap(OrchestratorSettings(), activities={"score_fraud": mine}).activities == {"score_fraud": mine}


def test_an_activity_that_does_not_exist_cannot_be_replaced() -> None:
    with pytest.raises(OrchestratorError, match="there is no activity 'score_frod'"):
        bootstrap(OrchestratorSettings(), activities={"score_frod": mine})
