from datetime import UTC, datetime, timedelta

from labkit.labs.preflight import timeline
from stack.journey.sightings import Journey, Sighting, StageReport, Status

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


def test_the_picture_has_words_too_and_an_event_seen_nowhere_is_drawn_empty() -> None:
    picture = timeline.draw(JOURNEY)

    assert picture.png.startswith(b"\x89PNG")
    assert "+20.00 s  iceberg" in picture.text
    assert timeline.draw(Journey("stripe:evt_2", "reference", ())).text == ""
