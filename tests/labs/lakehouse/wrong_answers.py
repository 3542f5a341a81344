"""Wrong answers that learners give, each with the part of the message that only it must get."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from labkit import source
from labkit.labs.lakehouse import LAB, setup, trino_file
from services.contracts.settings import ObjectStore

from .wrong_tables import CREATE_PAYMENTS, EVOLVE, LIVE_FILES, SNAPSHOT_AT, by_history

Wrong = dict[str, tuple[Callable[..., Any], str]]


def reference(name: str) -> Callable[..., Any]:
    return source.reference(LAB.name, name)


def prepare() -> None:
    """The lab's catalog, in Trino too, as its cells would have made them."""
    setup.open_catalog()
    setup.open_trino(reference("catalog_file"))


def silent_bucket(s3: Any, name: str) -> None:  # noqa: ANN401 - boto3 makes its types at run time
    with contextlib.suppress(ClientError):
        s3.create_bucket(Bucket=name)


def emptied_bucket(s3: Any, name: str) -> None:  # noqa: ANN401
    try:
        s3.create_bucket(Bucket=name)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        for one in s3.list_objects_v2(Bucket=name)["Contents"]:
            s3.delete_object(Bucket=name, Key=one["Key"])


MAKE_BUCKET: Wrong = {
    "only once": (lambda s3, name: s3.create_bucket(Bucket=name), "the second run raised BucketAlreadyOwnedByYou"),
    "a name of its own": (
        lambda s3, _name: s3.create_bucket(Bucket="lab01-mine"),
        "it made a bucket `lab01-mine`",
    ),
    "the platform's": (lambda s3, _name: s3.create_bucket(Bucket="lakehouse"), "that was there before"),
    "a folder": (lambda s3, name: s3.put_object(Bucket="lab01", Key=f"{name}/"), "has no bucket of that name"),
    "all errors passed over": (silent_bucket, "the function kept silent"),
    "emptied": (emptied_bucket, "and the second run lost it"),
    "a wrong argument": (lambda s3, name: s3.create_bucket(name), "`make_bucket` raised TypeError"),
}


def body(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> Callable[..., dict[str, Any]]:
    """Return the reference's request after a change of its catalog and its storage."""

    def changed(name: str, location: str, s3_endpoint: str) -> dict[str, Any]:
        made: dict[str, Any] = copy.deepcopy(reference("catalog_request")(name, location, s3_endpoint))
        change(made["catalog"], made["catalog"]["storageConfigInfo"])
        return made

    return changed


CATALOG_REQUEST: Wrong = {
    "text": (lambda n, u, e: str(reference("catalog_request")(n, u, e)), "`catalog_request` returned a str"),
    "the bucket's name": (body(lambda c, _s: c.update(name="lakehouse")), "`name` is 'lakehouse'"),
    "no type": (body(lambda c, _s: c.pop("type")), "`type` is None"),
    "base beside the properties": (
        body(lambda c, _s: c.update({"default-base-location": c.pop("properties")["default-base-location"]})),
        "is not among the `properties`",
    ),
    "no storage": (body(lambda c, _s: c.pop("storageConfigInfo")), "`storageConfigInfo` is missing"),
    "MinIO as the type": (body(lambda _c, s: s.update(storageType="MINIO")), "`storageType` is 'MINIO'"),
    "no list": (
        body(lambda _c, s: s.update(allowedLocations=s["allowedLocations"][0])),
        "`allowedLocations` is a str",
    ),
    "elsewhere": (body(lambda _c, s: s.update(allowedLocations=["s3://other"])), "does not hold the `location`"),
    "everything": (body(lambda _c, s: s["allowedLocations"].append("s3://")), "allows more than the `location`"),
    "no endpoint": (body(lambda _c, s: s.pop("endpoint")), "`endpoint` is missing"),
    "an address from the documentation": (
        body(lambda _c, s: s.update(endpoint="http://minio:9000")),
        "`endpoint` is not the `s3_endpoint`",
    ),
    "host style": (body(lambda _c, s: s.pop("pathStyleAccess")), "`pathStyleAccess` is not `True`"),
    "a text for true": (body(lambda _c, s: s.update(kmsUnavailable="true")), "`kmsUnavailable` is not `True`"),
    "no region": (body(lambda _c, s: s.pop("region")), "`region` is missing"),
}


def plan(change: Callable[[list[Any]], object]) -> Callable[..., list[Any]]:
    """Return the reference's plan after a change."""

    def changed(catalog: str, principal: str) -> list[Any]:
        steps = list(reference("grant_steps")(catalog, principal))
        change(steps)
        return steps

    return changed


def replaced(place: int, method: str = "", path: str = "", **content: Any) -> Callable[..., list[Any]]:  # noqa: ANN401
    """Return the reference's plan with another method, path or body in one step."""

    def change(steps: list[Any]) -> None:
        old = steps[place]
        steps[place] = (method or old[0], path or old[1], content or old[2])

    return plan(change)


GRANT_STEPS: Wrong = {
    "nothing returned": (lambda _c, _p: None, "`grant_steps` returned a NoneType"),
    "no body": (plan(lambda s: s.__setitem__(0, s[0][:2])), "step 1 is no `(method, path, body)`"),
    "no principal": (plan(lambda s: s.pop(0)), "gives a role to the principal"),
    "not assigned": (plan(lambda s: s.pop(2)), "to create one is not to assign it"),
    "the roles not joined": (plan(lambda s: s.pop()), "the principal's role has no catalog role"),
    "no privilege": (plan(lambda s: s.pop(4)), "the catalog role has no privilege"),
    "the arrow before the box": (plan(lambda s: s.insert(3, s.pop(5))), "assigns the catalog role"),
    "granted before it is there": (plan(lambda s: s.insert(3, s.pop(4))), "grants to the catalog role"),
    "PUT to create": (replaced(0, method="PUT"), "step 1 is a PUT; to create is a POST"),
    "the whole path": (replaced(0, path="/api/management/v1/principals"), "has a path with `/api/…` in front"),
    "a path of its own": (replaced(2, path="/principals/roles"), "which is no path of Polaris's management API"),
    "an administrator": (replaced(2, principalRole={"name": "service_admin"}), "makes the principal a `service_admin`"),
    "the catalog's administrator": (replaced(5, catalogRole={"name": "catalog_admin"}), "assigns `catalog_admin`"),
    "to hand out rights": (
        replaced(4, grant={"type": "catalog", "privilege": "CATALOG_MANAGE_ACCESS"}),
        "which is more than tables and namespaces need",
    ),
    "SQL's privilege": (
        replaced(4, grant={"type": "catalog", "privilege": "ALL"}),
        "which is no privilege that Polaris knows",
    ),
    "read only": (
        replaced(4, grant={"type": "catalog", "privilege": "TABLE_READ_DATA"}),
        "may look and read, and must write too",
    ),
    "another catalog": (lambda _c, p: reference("grant_steps")("lakehouse", p), "is about the catalog `lakehouse`"),
    "another principal": (lambda c, _p: reference("grant_steps")(c, "me"), "no step creates the `principal`"),
}


def lines(change: Callable[[str], str]) -> Callable[..., str]:
    """Return the reference's file after a change of its text."""
    return lambda kind, warehouse: change(reference("catalog_file")(kind, warehouse))


def without(name: str) -> Callable[..., str]:
    return lines(lambda text: "\n".join(line for line in text.splitlines() if not line.startswith(name)))


CATALOG_FILE: Wrong = {
    "a dict": (lambda k, w: trino_file.parse(reference("catalog_file")(k, w)), "`catalog_file` returned a dict"),
    "YAML": (lines(lambda t: t.replace("=", ": ")), "is no `name=value`"),
    "quotes": (lines(lambda t: t.replace("=iceberg", "='iceberg'")), "stands in quotes"),
    "a secret": (
        lines(lambda t: f"{t}\ns3.aws-secret-key={ObjectStore().secret_key.get_secret_value()}"),
        "a secret itself stands in the file",
    ),
    "no connector": (without("connector.name"), "`connector.name=iceberg` is missing"),
    "no type": (without("iceberg.catalog.type"), "`iceberg.catalog.type` is not `rest`"),
    "an address": (
        lines(lambda t: t.replace("${ENV:CATALOG_URI}", "http://127.0.0.1:9", 1)),
        "`iceberg.rest-catalog.uri` is a fixed address",
    ),
    "the shell's way": (lines(lambda t: t.replace("${ENV:S3_ENDPOINT}", "$ENV_S3_ENDPOINT")), "names no variable"),
    "an f-string": (lambda _k, _w: f"uri=${ENV:CATALOG_URI}", "Python reads `{ENV:…}` in an f-string as its own"),  # noqa: F821
    "no address": (without("iceberg.rest-catalog.uri"), "`iceberg.rest-catalog.uri` is missing"),
    "a known slip": (lines(lambda t: t.replace("catalog.uri=", "catalog.url=")), "`iceberg.rest-catalog.uri`?"),
    "no file system": (without("fs.native-s3"), "`fs.native-s3.enabled=true` is missing"),
    "no endpoint": (without("s3.endpoint"), "`s3.endpoint` is missing"),
    "a name of another version": (
        lines(lambda t: t.replace("s3.path-style-access", "hive.s3.path-style-access")),
        "does not know the property `hive.s3.path-style-access`",
    ),
    "a variable that is not there": (
        lines(lambda t: t.replace("ENV:S3_ENDPOINT", "ENV:MINIO_ENDPOINT")),
        "has no variable `MINIO_ENDPOINT`",
    ),
    "MinIO's address": (
        lines(lambda t: t.replace("${ENV:S3_ENDPOINT}", "http://127.0.0.1:9000")),
        "`s3.endpoint` is a fixed address",
    ),
    "no value": (lines(lambda t: t.replace("s3.region=us-east-1", "s3.region")), "is no `name=value`"),
    "a bad value": (
        lines(lambda t: t.replace("s3.path-style-access=true", "s3.path-style-access=yes")),
        "Trino did not load the file",
    ),
}
OF_KIND: dict[str, Wrong] = {
    "reference": {
        "no keys": (without("s3.aws"), "the file has no keys for MinIO"),
        "the keys swapped": (
            lines(
                lambda t: (
                    t.replace("ENV:S3_ACCESS", "ENV:X")
                    .replace("ENV:S3_SECRET", "ENV:S3_ACCESS")
                    .replace("ENV:X", "ENV:S3_SECRET")
                )
            ),
            "and then not the files in MinIO",
        ),
    },
    "polaris": {
        "MinIO's keys": (
            lines(lambda t: t + "\ns3.aws-access-key=${ENV:S3_ACCESS_KEY}\ns3.aws-secret-key=${ENV:S3_SECRET_KEY}"),
            "the file has MinIO's own keys in it",
        ),
        "no warehouse": (without("iceberg.rest-catalog.warehouse"), "does not name the catalog"),
        "nobody": (without("iceberg.rest-catalog.oauth2.credential"), "the file has no credential"),
        "no vended keys": (without("iceberg.rest-catalog.vended"), "so Trino asks for no keys"),
        "another scope": (
            lines(lambda t: t.replace("PRINCIPAL_ROLE:ALL", "catalog")),
            "could not ask the catalog",
        ),
    },
}


WRONG = {
    "make_bucket": MAKE_BUCKET,
    "catalog_request": CATALOG_REQUEST,
    "grant_steps": GRANT_STEPS,
    "catalog_file": CATALOG_FILE,
    "create_payments": CREATE_PAYMENTS,
    "evolve": EVOLVE,
    "snapshot_at": SNAPSHOT_AT,
    "live_files": LIVE_FILES,
}

RIGHT: dict[str, dict[str, Callable[..., Any]]] = {
    "make_bucket": {
        "looked up first": lambda s3, name: (
            None if name in {b["Name"] for b in s3.list_buckets()["Buckets"]} else s3.create_bucket(Bucket=name)
        ),
    },
    "catalog_request": {"without the outer key": lambda n, u, e: reference("catalog_request")(n, u, e)["catalog"]},
    "catalog_file": {
        "with comments": lines(lambda t: f"# mine\n\n{t}\n"),
        "with blanks": lines(lambda t: t.replace("=", " = ")),
    },
    "snapshot_at": {"by hand": by_history(lambda at, moment: at <= moment, -1)},
    "live_files": {"by inspection": lambda t: t.inspect.files()["file_path"].to_pylist()},
}
