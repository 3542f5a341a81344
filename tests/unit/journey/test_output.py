import json
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console, RenderableType

from stack.journey import as_json, as_text
from stack.journey.census import Census, Ids, Payments, Quarantine
from stack.journey.comparing import compare
from stack.journey.sightings import Journey, Sighting, StageReport, Status

AT = datetime(2026, 11, 23, 5, 0, 0, 123000, tzinfo=UTC)
JOURNEY = Journey(
    "stripe:evt_1",
    "polaris",
    (
        StageReport("Kafka", Status.FOUND, (Sighting("topic/0@7", AT, {"offset": 7, "closed_at": AT}),)),
        StageReport("bronze", Status.ABSENT),
        StageReport("Trino", Status.UNAVAILABLE, reason="connection [refused]"),
    ),
)
CENSUS = Census(
    accepted=Ids.of([f"stripe:evt_{number}" for number in range(9)]),
    unrouted=Ids.of(()),
    bronze=Payments(Ids.of(["stripe:evt_0", "h"]), {"usd": 5}, frozenset({"h"})),
    bronze_quarantine=Quarantine.of([("t:0:1", None)]),
    iceberg=Payments(Ids.of(["stripe:evt_0", "stripe:evt_0", "h"]), {"usd": 5}),
    unavailable={"facts": "Trino is down"},
)


def shown(*renderables: RenderableType) -> str:
    console = Console(width=160, color_system=None)
    with console.capture() as capture:
        console.print(*renderables, sep="\n")
    return capture.get()


def test_a_trace_shows_where_and_when_and_what_is_missing_and_what_is_down() -> None:
    text = shown(as_text.journey(JOURNEY, {}))
    assert "stripe:evt_1 (catalog: polaris)" in text
    assert "topic/0@7, closed 2026-11-23 05:00:00.123" in text
    assert "absent" in text
    assert "could not be asked: connection [refused]" in text


def test_an_event_that_nobody_knows_is_said_to_be_unknown() -> None:
    nowhere = replace(JOURNEY, stages=(JOURNEY.stages[1],))
    assert not nowhere.seen
    assert "No system knows this event" in as_text.unknown(nowhere)
    half_asked = replace(JOURNEY, stages=JOURNEY.stages[1:])
    assert "some could not be asked" in as_text.unknown(half_asked)
    assert JOURNEY.seen


def test_what_waits_for_the_next_batch_is_not_lost() -> None:
    stored = frozenset({"stripe:evt_1", "stripe:evt_2"})
    loaded = frozenset({"stripe:evt_1"})
    census = Census(
        accepted=Ids(stored),
        unrouted=Ids(frozenset()),
        bronze=Payments(Ids(stored), {"usd": 2}, frozenset()),
        bronze_quarantine=Quarantine.of([]),
        iceberg=Payments(Ids(loaded), {"usd": 1}),
        iceberg_quarantine=Quarantine.of([]),
        facts=Payments(Ids(loaded), {"usd": 1}),
    )
    result = compare(census)
    assert result.exit_code == 1
    assert "waits for the next batch" in shown(*as_text.reconciliation(result, "reference"))
    lost = compare(replace(census, accepted=Ids(stored | {"stripe:evt_3"})))
    assert "waits for the next batch" not in shown(*as_text.reconciliation(lost, "reference"))


def test_a_trace_in_json_has_every_detail() -> None:
    data = json.loads(json.dumps(as_json.journey(JOURNEY, {})))
    assert data["event_id"] == "stripe:evt_1"
    assert [stage["status"] for stage in data["stages"]] == ["found", "absent", "unavailable"]
    assert data["stages"][0]["at"] == "2026-11-23T05:00:00.123000+00:00"
    assert data["stages"][0]["sightings"][0]["offset"] == 7
    assert data["stages"][2]["reason"] == "connection [refused]"


def test_a_reconciliation_shows_the_first_ids_of_each_difference() -> None:
    text = shown(*as_text.reconciliation(compare(CENSUS), "reference"))
    assert "catalog: reference" in text
    assert "in accepted, not in unrouted + bronze + quarantine: stripe:evt_1, stripe:evt_2," in text
    assert "and 3 more" in text
    assert "Iceberg payment_events holds more than once: stripe:evt_0" in text
    assert "1 of them from the bulk history" in text
    assert "1 without an event id" in text
    assert "Trino is down" in text


def test_a_reconciliation_in_json_has_every_id_of_every_stage() -> None:
    data = json.loads(json.dumps(as_json.reconciliation(compare(CENSUS), "polaris")))
    assert (data["equal"], data["complete"]) == (False, False)
    assert len(data["stages"]["accepted"]["event_ids"]) == 9
    assert data["stages"]["facts"] is None
    assert len(data["comparisons"][0]["only_left"]) == 8
    assert data["stages"]["bronze_quarantine"]["quarantine_ids_without_event_id"] == ["t:0:1"]
    assert data["repetitions"] == [{"stage": "Iceberg payment_events", "ids": ["stripe:evt_0"]}]
