"""Bringing up the lab's own catalog with the learner's functions; without a Polaris, saying what they would do."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from pyiceberg.catalog import Catalog as IcebergCatalog

from labkit.errors import StaleStateError
from labkit.labs.lakehouse import names
from labkit.panel import Panel, Tone
from labkit.servers import lake, object_store, polaris, trino_catalogs
from services.contracts.settings import ObjectStore

Step = tuple[str, str, Mapping[str, Any]]
REFERENCE = "The catalog in use is the reference catalog, which has no such requests. On Polaris, this would be sent:"


def send(steps: Sequence[Step]) -> Panel:
    """Send requests to Polaris's management API, and return what it answered; else what they would have been.

    What is there already (409) is as good as what was just made.

    Raises:
        StaleStateError: Polaris refused one.
    """
    if not polaris.in_use():
        return Panel("not sent", Tone.QUIET, lines=(REFERENCE,), code="\n".join(_shown(step) for step in steps))
    management = polaris.Management()
    rows = []
    for method, path, body in steps:
        answer = management.send(method, path, body)
        if answer.is_error and answer.status_code != httpx.codes.CONFLICT:
            message = f"Polaris answered {polaris.said(answer)} to {method} {path}"
            raise StaleStateError(message, try_next="check the function that made this request, then run this again.")
        # Whether it is made now or was there before depends on what ran before, so the two are shown as one.
        rows.append((method, path, "it is there"))
    return Panel("sent to Polaris", Tone.GOOD, table=(("", "request", "now"), *rows))


def _shown(step: Step) -> str:
    method, path, body = step
    # The port depends on the machine, and a panel must not.
    return f"{method} {path}\n{json.dumps(body, indent=1)}".replace(ObjectStore().endpoint, "http://…")


def open_catalog() -> IcebergCatalog:
    """Return the lab's catalog with the lab's bucket, namespace and, in Polaris, root let in. Makes what is missing."""
    object_store.ensure_bucket(object_store.client(), names.BUCKET)
    if polaris.in_use():
        management = polaris.Management()
        management.send("POST", "/catalogs", catalog_body(names.CATALOG, names.WAREHOUSE))
        management.let_root_in(names.CATALOG)
    catalog = lake.catalog(names.CATALOG)
    catalog.create_namespace_if_not_exists(names.NAMESPACE, {"location": names.location(names.NAMESPACE)})
    return catalog


def catalog_body(name: str, location: str) -> dict[str, object]:
    """Return the request for a catalog on MinIO, as the platform itself makes it."""
    storage = {
        "storageType": "S3",
        "allowedLocations": [location],
        "endpoint": ObjectStore().endpoint,
        "pathStyleAccess": True,
        "region": "us-east-1",
        "kmsUnavailable": True,
    }
    properties = {"default-base-location": location, "polaris.config.drop-with-purge.enabled": "true"}
    return {"catalog": {"name": name, "type": "INTERNAL", "properties": properties, "storageConfigInfo": storage}}


def open_trino(catalog_file: Callable[[str, str], str] | None = None) -> None:
    """Make sure that Trino has the lab's catalog: from this file, else, if it has none yet, from the platform's own."""
    from labkit.labs.lakehouse import trino_file  # noqa: PLC0415 - they need one another

    if catalog_file is None and names.CATALOG in trino_catalogs.loaded():
        return
    text = catalog_file(trino_file.kind(), names.CATALOG) if catalog_file else trino_file.platforms_own()
    trino_catalogs.load(names.CATALOG, trino_file.parse(text))
