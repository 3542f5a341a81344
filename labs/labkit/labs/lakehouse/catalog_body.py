"""What can be wrong with the request that creates a catalog in Polaris, seen from its body alone.

The fields are those of `CreateCatalogRequest` in Polaris's management API; each rule says what happens without it.
"""

from collections.abc import Iterator, Mapping
from typing import Any


def mistake(body: object, name: str, location: str, endpoint: str) -> str | None:
    """Return what is wrong with a body, None if nothing is."""
    if not isinstance(body, Mapping):
        return f"`catalog_request` returned a {type(body).__name__}; a body is a `dict`, which is sent as JSON"
    catalog = body.get("catalog", body)  # Polaris takes both.
    if not isinstance(catalog, Mapping):
        return f"`catalog` is a {type(catalog).__name__}; it is a `dict` with name, type, properties, storageConfigInfo"
    return next(iter([*_of_catalog(catalog, name, location), *_of_storage(catalog, location, endpoint)]), None)


def _of_catalog(catalog: Mapping[str, Any], name: str, location: str) -> Iterator[str]:
    if catalog.get("name") != name:
        yield f"`name` is {catalog.get('name')!r}; the catalog is to have the name that the function was given"
    if catalog.get("type") != "INTERNAL":
        yield f"`type` is {catalog.get('type')!r}; `INTERNAL` means that Polaris itself keeps the tables' state"
    base = _mapping(catalog, "properties").get("default-base-location")
    if base is None:
        yield "`default-base-location` is not among the `properties`: Polaris would not know where new tables go"
    elif base != location:
        yield f"`default-base-location` is {base!r}; it is to be the `location` that the function was given"


def _of_storage(catalog: Mapping[str, Any], location: str, endpoint: str) -> Iterator[str]:
    storage = _mapping(catalog, "storageConfigInfo")
    if not storage:
        yield "`storageConfigInfo` is missing: Polaris would not know which store the files are in"
        return
    if storage.get("storageType") != "S3":
        yield f"`storageType` is {storage.get('storageType')!r}; MinIO speaks Amazon's protocol, so it is `S3`"
    allowed = storage.get("allowedLocations")
    if not isinstance(allowed, list):
        yield f"`allowedLocations` is a {type(allowed).__name__}; it is a `list`, even of one location"
    elif location not in allowed:
        yield "`allowedLocations` does not hold the `location`: Polaris answers 400"
    elif len(allowed) > 1:
        yield "`allowedLocations` allows more than the `location`: who is let into this catalog gets keys for all of it"
    yield from _of_minio(storage, endpoint)


def _of_minio(storage: Mapping[str, Any], endpoint: str) -> Iterator[str]:
    if "endpoint" not in storage:
        yield "`endpoint` is missing: without it, Polaris and its clients look for the bucket at Amazon"
    elif storage["endpoint"] != endpoint:
        yield "`endpoint` is not the `s3_endpoint` that the function was given"
    if storage.get("pathStyleAccess") is not True:
        yield "`pathStyleAccess` is not `True`: clients would look for a host called after the bucket"
    if storage.get("kmsUnavailable") is not True:
        yield "`kmsUnavailable` is not `True`: vended keys would have to cover Amazon's KMS, which MinIO lacks"
    if not storage.get("region"):
        yield "`region` is missing: every S3 request is signed for a region, and MinIO's is `us-east-1`"


def _mapping(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = of.get(key)
    return found if isinstance(found, Mapping) else {}
