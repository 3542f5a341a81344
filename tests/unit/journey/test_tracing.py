import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Status
from stack.journey.tracing import trace

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Server:
    """A probe that knows one event."""

    def __init__(self, *stages: str, seen: Mapping[str, Sequence[Sighting]] | None = None, delay_s: float = 0) -> None:
        self.stages = stages
        self.asked: list[str] = []
        self._seen = seen or {}
        self._delay_s = delay_s

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        self.asked.append(event_id)
        time.sleep(self._delay_s)
        return self._seen


class Down(Server):
    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        raise StageUnavailableError(f"nobody answers about {event_id}")


def test_either_form_of_the_id_asks_for_the_same_event() -> None:
    server = Server("bronze")
    for given in ("evt_1", "stripe:evt_1", "  evt_1\n"):
        assert trace(given, [server], "polaris").event_id == "stripe:evt_1"
    assert server.asked == ["stripe:evt_1"] * 3


def test_each_stage_says_whether_the_event_is_there() -> None:
    sighting = Sighting("topic/0@7", AT)
    journey = trace("evt_1", [Server("webhooks", "dlq", seen={"webhooks": [sighting]})], "polaris")
    assert [(report.stage, report.status) for report in journey.stages] == [
        ("webhooks", Status.FOUND),
        ("dlq", Status.ABSENT),
    ]
    assert journey.stages[0].sightings == (sighting,)


def test_a_server_that_is_down_says_so_for_each_of_its_stages_and_the_others_still_answer() -> None:
    journey = trace(
        "evt_1", [Down("webhooks", "dlq"), Server("bronze", seen={"bronze": [Sighting("row 1")]})], "polaris"
    )
    assert [report.status for report in journey.stages] == [Status.UNAVAILABLE, Status.UNAVAILABLE, Status.FOUND]
    assert journey.stages[0].reason == "nobody answers about stripe:evt_1"


def test_the_stages_keep_the_pipelines_order_however_long_each_takes() -> None:
    journey = trace("evt_1", [Server("first", delay_s=0.05), Server("second"), Server("third")], "reference")
    assert [report.stage for report in journey.stages] == ["first", "second", "third"]
    assert journey.catalog == "reference"
