import pytest

from stack.context import Context
from stack.journey import links
from stack.journey.sightings import Journey, Sighting, Stage, StageReport, Status
from stack.journey.whereabouts import now

WAY = (Stage.LEDGER, Stage.WEBHOOKS, Stage.NORMALIZED, Stage.WORKFLOW, Stage.BRONZE, Stage.ICEBERG, Stage.FACTS)


def journey(*seen: str, unavailable: tuple[str, ...] = (), **details: str) -> Journey:
    """An event that these stages have."""
    reports = (
        StageReport(stage, Status.UNAVAILABLE, reason="it is down")
        if stage in unavailable
        else StageReport(stage, Status.FOUND, (Sighting("here", details=details),))
        if stage in seen
        else StageReport(stage, Status.ABSENT)
        for stage in (*WAY, Stage.ASIDE, Stage.VALIDATION_DLQ, Stage.QUARANTINE, Stage.ICEBERG_QUARANTINE)
    )
    return Journey("stripe:evt_1", "reference", tuple(reports))


@pytest.mark.parametrize(
    ("steps", "said", "moving"),
    [
        (1, "in no other place", False),
        (2, "waits in Kafka for the normalizer", True),
        (3, "waits in Kafka for the orchestrator", True),
        (4, "its workflow is running", True),
        (5, "the next batch", False),
        (6, "in the lake, and not in the marts yet", False),
        (7, "in the marts", False),
    ],
)
def test_the_furthest_stage_says_where_an_event_is_and_whether_it_moves_by_itself(
    steps: int,
    said: str,
    moving: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    found = now(journey(*WAY[:steps], status="running"))

    assert said in found.sentence
    assert found.moving is moving


def test_a_workflow_that_failed_is_no_event_that_moves() -> None:
    found = now(journey(*WAY[:4], status="failed"))

    assert "its workflow is failed" in found.sentence
    assert not found.moving


def test_the_quarantine_says_why_it_has_an_event() -> None:
    found = now(journey(Stage.LEDGER, Stage.WEBHOOKS, Stage.VALIDATION_DLQ, Stage.QUARANTINE, reason="no currency"))

    assert found.sentence == "in the quarantine: no currency"


def test_a_dead_letter_is_still_on_its_way_to_the_quarantine() -> None:
    assert now(journey(Stage.WEBHOOKS, Stage.VALIDATION_DLQ)).moving


def test_a_stage_that_could_not_be_asked_may_know_more() -> None:
    found = now(journey(*WAY[:3], unavailable=(Stage.WORKFLOW, Stage.BRONZE)))

    assert found.sentence.endswith("(Temporal workflow, PostgreSQL payment_events could not be asked)")


def test_an_event_that_nobody_has_is_nowhere() -> None:
    assert now(journey()).sentence == "no stage that could be asked has it"


@pytest.mark.usefixtures("state")
def test_links_lead_to_the_page_of_the_event_on_the_ports_of_this_clone() -> None:
    details = {
        "workflow_id": "payment-stripe:evt_1",
        "run_id": "r-1",
        "file": "s3://lakehouse/warehouse/data/fct_payments/data/part=1/a.parquet",
    }

    found = links.of(journey(*WAY, **details), Context.load(500))

    assert found[Stage.WORKFLOW].url.startswith(
        "http://127.0.0.1:8733/namespaces/default/workflows/payment-stripe%3Aevt_1/r-1"
    )
    folder = "warehouse%2Fdata%2Ffct_payments%2Fdata%2Fpart%3D1%2F"
    assert found[Stage.FACTS].url == f"http://127.0.0.1:9501/browser/lakehouse/{folder}"
    assert Stage.BRONZE not in found
