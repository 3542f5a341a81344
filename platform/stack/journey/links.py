"""From a stage of a journey to the page of the live user interface that shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from services.contracts.settings import Temporal
from stack import ports
from stack.context import Context
from stack.journey.sightings import Journey, Sighting, Stage


@dataclass(frozen=True)
class Link:
    """A page: what it is called, and its URL on this machine."""

    name: str
    url: str


def of(journey: Journey, context: Context) -> Mapping[str, Link]:
    """Return a link for each stage that has the event and a page to show it on, by stage."""
    found = {}
    for report in journey.stages:
        link = _link(report.stage, report.sightings[-1], context) if report.sightings else None
        if link:
            found[report.stage] = link
    return found


def _link(stage: str, sighting: Sighting, context: Context) -> Link | None:
    match stage:
        case Stage.WORKFLOW:
            run, workflow = sighting.details.get("run_id"), sighting.details.get("workflow_id")
            path = f"namespaces/{Temporal().namespace}/workflows/{quote(str(workflow), safe='')}/{run}/history"
            return Link("its history in the Temporal UI", f"{context.url('temporal', 'ui')}/{path}")
        case Stage.ICEBERG | Stage.ICEBERG_QUARANTINE if not ports.free(context.port("dagster", "ui")):
            path = f"assets/data/{sighting.details.get('table')}"
            return Link("the asset in Dagster", f"{context.url('dagster', 'ui')}/{path}")
        case Stage.FACTS:
            file = urlsplit(str(sighting.details.get("file")))
            folder = quote(file.path.lstrip("/").rpartition("/")[0] + "/", safe="")
            return Link(
                "the folder of its file in MinIO", f"{context.url('minio', 'console')}/browser/{file.netloc}/{folder}"
            )
    return None
