"""Exercise 4: Trino's catalog file, judged from its text, and then loaded by the running Trino."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import QueryRefusedError, WrongAnswerError
from labkit.labs.lakehouse import names, setup
from labkit.servers import trino_catalogs
from labkit.spec import Passed
from services.contracts.settings import REPOSITORY, Catalog, ObjectStore

_LINE = re.compile(r"(?P<name>[^=\s]+)\s*=\s*(?P<value>.*)")
_REST: Final = "iceberg.rest-catalog."


def kind() -> str:
    """Return which catalog the file is for: `polaris` or `reference`."""
    return Catalog().kind


def platforms_own() -> str:
    """Return the file by which the platform's Trino knows the platform's catalog, with the lab's warehouse in it."""
    text = (REPOSITORY / "platform/trino/catalog" / kind() / "lakehouse.properties").read_text(encoding="utf-8")
    return text.replace("warehouse=lakehouse", f"warehouse={names.CATALOG}")


def parse(text: str) -> dict[str, str]:
    """Return the properties of a file; comments and empty lines are left out. Raises ValueError naming a bad line."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare or bare[0] in "#!":
            continue
        match = _LINE.fullmatch(bare)
        if match is None:
            raise ValueError(number)
        found[match["name"]] = match["value"]
    return found


def check(attempt: Attempt) -> Passed:
    """Have Trino load the learner's file under a name of its own, and make, read and drop a table through it."""
    setup.open_catalog()
    text = _written(attempt)
    if mistake := _of_text(text):
        raise WrongAnswerError(mistake)
    properties = parse(str(text))
    if mistake := _of_properties(properties):
        raise WrongAnswerError(mistake)
    name = names.own("trino")
    table = f"{name}.{names.NAMESPACE}.{names.own('probe')}"
    try:
        _load(name, properties)
        _use(name, table)
    finally:
        trino_catalogs.drop(name)
    evidence = {"Trino": f"loaded {len(properties)} properties, made a table in MinIO, read and dropped it"}
    return Passed(f"the running Trino took your file for the {kind()} catalog, wrote through it and read", evidence)


def _written(attempt: Attempt) -> Any:  # noqa: ANN401 - what a learner returns, looked at next
    try:
        return attempt(kind(), names.CATALOG)
    except WrongAnswerError as error:
        if isinstance(error.__cause__, NameError) and error.__cause__.name == "ENV":
            message = (
                "Python reads `{ENV:…}` in an f-string as its own; leave the f out, or double the braces: `${{ENV:…}}`"
            )
            raise WrongAnswerError(message) from None
        raise


def _load(name: str, properties: Mapping[str, str]) -> None:
    try:
        trino_catalogs.load(name, properties)
    except QueryRefusedError as error:
        raise WrongAnswerError(_why_refused(error.message)) from None


def _why_refused(message: str) -> str:
    if unknown := re.search(r"property '([^']+)' was not used(?:\. Did you mean to use '([^']+)')?", message):
        meant = f"; did you mean `{unknown[2]}`?" if unknown[2] else ""
        return f"Trino does not know the property `{unknown[1]}` here{meant}"
    if unset := re.search(r"Environment variable is not set: (\S+)", message):
        return f"Trino's process has no variable `{unset[1]}`; its names are those that `lakehouse env` prints"
    return f"Trino did not load the file: {' '.join(message.split())[:300]}"


def _use(name: str, table: str) -> None:
    try:
        trino_catalogs.run(f"SHOW SCHEMAS FROM {name}")
    except QueryRefusedError:
        raise WrongAnswerError(
            "Trino loaded the file, and then could not ask the catalog: look at what begins with `iceberg.`"
        ) from None
    try:
        trino_catalogs.run(f"CREATE TABLE {table} AS SELECT 42 AS answer")
        trino_catalogs.run(f"SELECT answer FROM {table}")  # noqa: S608 - our own name
        trino_catalogs.run(f"DROP TABLE {table}")
    except QueryRefusedError:
        raise WrongAnswerError(
            "Trino reached the catalog, and then not the files in MinIO: look at what begins with `s3.`"
        ) from None


def _of_text(text: object) -> str | None:
    if not isinstance(text, str):
        return f"`catalog_file` returned a {type(text).__name__}; a file's content is a `str`"
    secrets = (ObjectStore().secret_key, Catalog().credential)
    if any(secret.get_secret_value() and secret.get_secret_value() in text for secret in secrets):
        return "a secret itself stands in the file, for everybody who reads it; write `${ENV:NAME}`"
    try:
        parse(text)
    except ValueError as error:
        return f"line {error} is no `name=value`"
    return None


def _of_properties(found: Mapping[str, str]) -> str | None:
    return next(_faults(found), None)


def _faults(found: Mapping[str, str]) -> Iterator[str]:
    quoted = next((name for name, value in found.items() if value[:1] in ("'", '"')), None)
    if quoted:
        yield f"the value of `{quoted}` stands in quotes, and these would be part of it: a properties file has none"
    for name, value in found.items():
        if "ENV" in value and not re.search(r"\$\{ENV:[A-Z0-9_]+\}", value):
            yield f"the value of `{name}` names no variable; Trino reads `${{ENV:NAME}}`"
    if found.get(trino_catalogs.CONNECTOR) != "iceberg":
        yield "`connector.name=iceberg` is missing: Trino would not know which plugin is meant"
    if f"{_REST}uri" not in found and f"{_REST}url" not in found:
        yield f"`{_REST}uri` is missing: Trino would not know where the catalog is"
    if found.get("iceberg.catalog.type") != "rest":
        yield "`iceberg.catalog.type` is not `rest`; Trino would look for a Hive metastore"
    if found.get(f"{_REST}uri", "${ENV:CATALOG_URI}") != "${ENV:CATALOG_URI}":
        yield f"`{_REST}uri` is a fixed address, or another one; `${{ENV:CATALOG_URI}}` is right on every machine"
    yield from _of_store(found)
    yield from _of_kind(found)


def _of_store(found: Mapping[str, str]) -> Iterator[str]:
    if "fs.native-s3.enabled" not in found:
        yield "`fs.native-s3.enabled=true` is missing: Trino would have nothing that can open `s3://…`"
    if "s3.endpoint" not in found:
        yield "`s3.endpoint` is missing: Trino would look for the bucket at Amazon"
    elif "${ENV:" not in found["s3.endpoint"]:
        yield "`s3.endpoint` is a fixed address, which another machine or port offset makes wrong: `${ENV:S3_ENDPOINT}`"


def _of_kind(found: Mapping[str, str]) -> Iterator[str]:
    keys = {"s3.aws-access-key", "s3.aws-secret-key"} & set(found)
    if kind() == "reference":
        if not keys:
            yield "the file has no keys for MinIO (`s3.aws-…-key`), and the reference catalog hands out none"
        return
    if keys:
        yield "the file has MinIO's own keys in it; Polaris hands out short-lived ones for each table"
    if found.get(f"{_REST}warehouse") != names.CATALOG:
        yield f"`{_REST}warehouse` does not name the catalog: Polaris keeps many, and asks which one"
    if f"{_REST}oauth2.credential" not in found:
        yield "the file has no credential: Polaris answers 401 to whoever does not say who they are"
    if found.get(f"{_REST}vended-credentials-enabled") != "true":
        yield f"`{_REST}vended-credentials-enabled` is not `true`, so Trino asks for no keys, and MinIO refuses it"
