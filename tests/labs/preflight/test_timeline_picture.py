from datetime import UTC, datetime, timedelta

from labkit.labs.preflight import timeline
from stack.journey.sightings import Journey, Sighting, StageReport, Status

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


JOURNEY = Journey(
    "stripe:evt_1",
    "reference",
    (
        StageReport("kafka", Status.FOUND, (Sighting("offset 7", START),)),
        StageReport("iceberg", Status.FOUND, (Sighting("row 7", START + timedelta(seconds=20)),)),
        StageReport("quarantine", Status.ABSENT),
    ),
)


def test_the_picture_has_words_too_and_an_event_seen_nowhere_is_drawn_empty() -> None:
    picture = timeline.draw(JOURNEY)

    assert picture.png.startswith(b"\x89PNG")
    assert "+20.00 s  iceberg" in picture.text
    assert timeline.draw(Journey("stripe:evt_2", "reference", ())).text == ""
