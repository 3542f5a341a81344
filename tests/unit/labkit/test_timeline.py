from datetime import UTC, datetime, timedelta

from labkit import timeline
from labkit.panel import Panel
from stack.journey.links import Link
from stack.journey.sightings import Journey, Sighting, Stage, StageReport, Status

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def seen(stage: str, after_s: float) -> StageReport:
    return StageReport(stage, Status.FOUND, (Sighting(f"{stage} 7", START + timedelta(seconds=after_s)),))


JOURNEY = Journey(
    "stripe:evt_1",
    "reference",
    (
        seen("ledger", 0.25),
        seen("kafka", 0),
        StageReport("quarantine", Status.ABSENT),
        StageReport("trino", Status.UNAVAILABLE, reason="Trino does not answer"),
        seen("iceberg", 20),
    ),
)


def test_time_counts_from_the_first_sighting_and_absent_stages_are_left_out() -> None:
    assert timeline.moments(JOURNEY) == [("ledger", 0.25), ("kafka", 0.0), ("iceberg", 20.0)]


def test_the_panel_has_every_stage_and_why_one_could_not_be_asked() -> None:
    text = timeline.panel(JOURNEY).text()

    assert "iceberg 7" in text
    assert "+20.00 s" in text
    assert "Trino does not answer" in text


class Shop:
    """Looks for one event, each time one step further on its way."""

    def __init__(self, *steps: str) -> None:
        self._left = list(steps)

    def look(self, event_id: str) -> Journey:
        stage = self._left.pop(0)
        reports = (StageReport(stage, Status.FOUND, (Sighting("here", START, {"status": "running"}),)),)
        return Journey(event_id, "reference", reports)


def test_an_event_is_watched_until_it_moves_no_more() -> None:
    shown: list[str] = []

    timeline.watch(
        "e", 60, Shop(Stage.NORMALIZED, Stage.WORKFLOW, Stage.BRONZE).look, lambda one: shown.append(one.text())
    )

    assert ["waits in Kafka" in shown[0], "workflow is running" in shown[1], "in bronze" in shown[2]] == [True] * 3


def test_an_event_that_does_not_arrive_is_watched_no_longer_than_was_asked_for() -> None:
    shown: list[Panel] = []

    timeline.watch("e", 0, Shop(Stage.NORMALIZED).look, shown.append)

    assert len(shown) == 1


def test_links_are_for_whoever_sits_in_front_of_the_notebook() -> None:
    pages = {"kafka": Link("its page", "http://127.0.0.1:1/")}

    assert "http://" not in timeline.panel(JOURNEY, pages).text()
