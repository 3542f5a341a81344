"""Exercises 2 and 3: the requests that set Polaris up, judged on paper, and sent where there is a Polaris."""

import contextlib
from collections.abc import Iterator

import httpx
import pyarrow as pa
from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.exceptions import ForbiddenError

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.lakehouse import access, catalog_body, names, setup
from labkit.servers import lake, object_store, polaris
from labkit.spec import Passed
from services.contracts import iceberg
from services.contracts.settings import Catalog, ObjectStore

ON_PAPER = "compared with what Polaris asks for; the catalog in use is the reference catalog, so nothing was sent"


def catalog_request(attempt: Attempt) -> Passed:
    """Judge the body, and where there is a Polaris, create a catalog by it and write a table with vended keys."""
    object_store.ensure_bucket(object_store.client(), names.BUCKET)
    name, endpoint = names.own("catalog"), ObjectStore().endpoint
    location = names.check_location(name)
    body = attempt(name, location, endpoint)
    if mistake := catalog_body.mistake(body, name, location, endpoint):
        raise WrongAnswerError(mistake)
    if not polaris.in_use():
        return Passed("the request holds all that Polaris asks for", {"checked": ON_PAPER})
    with _catalog(body, name):
        _write(iceberg.load(Catalog(warehouse=name)), name)
    return Passed(
        "Polaris created the catalog, and a table was written to MinIO with keys that it vended",
        {"Polaris": "201; the catalog and its table are deleted again"},
    )


def grant_steps(attempt: Attempt) -> Passed:
    """Follow the plan on paper, and where there is a Polaris, carry it out and act as the new principal."""
    catalog, principal = names.own("catalog"), names.own("cafe")
    steps = attempt(catalog, principal)
    if mistake := access.mistake(steps, catalog, principal):
        raise WrongAnswerError(mistake)
    if not polaris.in_use():
        return Passed(
            "followed step by step, the plan lets the principal read and write, and no more", {"checked": ON_PAPER}
        )
    object_store.ensure_bucket(object_store.client(), names.BUCKET)
    with (
        _catalog(setup.catalog_body(catalog, names.check_location(catalog)), catalog),
        _carried_out(steps),
    ):
        client_id, secret = polaris.Management().new_secret(principal)
        _write(iceberg.load(Catalog(warehouse=catalog, credential=f"{client_id}:{secret}")), catalog)
        refused = polaris.Management(client_id, secret).send("GET", "/principals").status_code
    if refused != httpx.codes.FORBIDDEN:
        raise WrongAnswerError(
            "the principal may list all principals of Polaris, which is more than it needs",
        )
    return Passed(
        "the new principal logged in, wrote a table in its catalog, and was refused (403) everything else",
        {"Polaris": f"{len(steps)} requests accepted; all that they made is deleted again"},
    )


@contextlib.contextmanager
def _catalog(body: object, name: str) -> Iterator[None]:
    """Create a catalog in Polaris for as long as the block runs; root may write there."""
    management = polaris.Management()
    answer = management.send("POST", "/catalogs", body)
    if answer.is_error:
        message = f"Polaris refused the request: {polaris.said(answer)}"
        raise WrongAnswerError(message)
    try:
        management.let_root_in(name)
        yield
    finally:
        found = lake.catalog(name)
        for namespace in found.list_namespaces():
            for table in found.list_tables(namespace):
                found.drop_table(table)
            found.drop_namespace(namespace)
        management.remove_catalog(name)


@contextlib.contextmanager
def _carried_out(steps: list[access.Step]) -> Iterator[None]:
    """Send a plan's requests, and delete the principals and principal roles that they made."""
    management = polaris.Management()
    try:
        for number, (method, path, body) in enumerate(steps, start=1):
            answer = management.send(method, path, body)
            if answer.is_error:
                message = f"Polaris refused step {number}, {method} {path}: {polaris.said(answer)}"
                raise WrongAnswerError(message)
        yield
    finally:
        for kind, wrapper in (("principals", "principal"), ("principal-roles", "principalRole")):
            for made in (body.get(wrapper, body)["name"] for _, path, body in steps if path == f"/{kind}"):
                management.send("DELETE", f"/{kind}/{made}")


def _write(catalog: IcebergCatalog, namespace: str) -> None:
    """Make a table and write a row, as whoever this catalog was opened by. Raises `WrongAnswerError` if refused."""
    rows = pa.table({"payment_id": ["pi_1"]})
    try:
        catalog.create_namespace(namespace)
        catalog.create_table(f"{namespace}.probe", rows.schema).append(rows)
    except ForbiddenError as error:
        message = f"Polaris refused to let a table be made and written: {str(error)[:200]}"
        raise WrongAnswerError(message, try_next="which right does making a table take? `lab.hint` knows.") from None
