"""Where an event is now, in one sentence, and whether it will move on by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from stack.journey.sightings import Journey, Sighting, Stage, Status


@dataclass(frozen=True)
class Whereabouts:
    """What to say of an event. `moving`: nobody needs to do anything for it to get further."""

    sentence: str
    moving: bool = False


def _workflow(seen: Sighting) -> Whereabouts:
    status = seen.details.get("status")
    if status == "running":
        return Whereabouts("its workflow is running: scores first, then bronze", moving=True)
    return Whereabouts(
        f"its workflow is {status}, and neither bronze nor the quarantine has it: see the workflow's history"
    )


def _quarantined(seen: Sighting) -> Whereabouts:
    return Whereabouts(f"in the quarantine: {seen.details.get('reason') or 'its row says why'}")


def _said(sentence: str, *, moving: bool = False) -> Callable[[Sighting], Whereabouts]:
    return lambda _: Whereabouts(sentence, moving)


# The furthest stage that has it tells where it is. A quarantined event was refused before it could get into bronze.
_FURTHEST: tuple[tuple[str, Callable[[Sighting], Whereabouts]], ...] = (
    (Stage.FACTS, _said("at the end of its way: in the marts")),
    (Stage.ICEBERG, _said("in the lake, and not in the marts yet: the next `dbt build` takes it there (`make batch`)")),
    (Stage.BRONZE, _said("in bronze; the next batch takes it into the lake (`make batch`)")),
    (Stage.ICEBERG_QUARANTINE, _quarantined),
    (Stage.QUARANTINE, _quarantined),
    (Stage.WORKFLOW, _workflow),
    (Stage.VALIDATION_DLQ, _said("refused by the normalizer, on its way to the quarantine", moving=True)),
    (Stage.NORMALIZED, _said("normalized; it waits in Kafka for the orchestrator", moving=True)),
    (Stage.ASIDE, _said("kept aside in Kafka, for good: of a type that nobody routes, or signed and no event")),
    (Stage.WEBHOOKS, _said("accepted; it waits in Kafka for the normalizer", moving=True)),
    (Stage.LEDGER, _said("answered 200, and in no other place that could be asked")),
)


def now(journey: Journey) -> Whereabouts:
    """Return where the event is, as far as the stages that could be asked know."""
    reports = {report.stage: report for report in journey.stages}
    silent = [report.stage for report in journey.stages if report.status is Status.UNAVAILABLE]
    for stage, tell in _FURTHEST:
        report = reports.get(stage)
        if report and report.sightings:
            found = tell(report.sightings[-1])
            unasked = f" ({', '.join(silent)} could not be asked)" if silent else ""
            return Whereabouts(found.sentence + unasked, found.moving)
    return Whereabouts("no stage that could be asked has it", moving=False)
