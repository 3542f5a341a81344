"""An ingestion of one test's own, on the real servers: a bronze database, an Iceberg namespace, processes that load."""

import functools
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.table import Table

from services.contracts import iceberg
from services.contracts.bronze.migrate import upgrade
from services.contracts.settings import REPOSITORY, Postgres
from services.ingestion.bootstrap import Ingestion, bootstrap
from services.ingestion.settings import IngestionSettings
from services.ingestion.tables import PAYMENT_EVENTS
from stack import lifecycle, testing
from stack.progress import Reporter

WITHIN_S = 60.0
INSERT = """
    INSERT INTO payment_events (
        event_id, provider, provider_event_id, event_type, charge_id, merchant_id, customer_id, amount_cents, currency,
        amount, status, attempt_number, provider_created_at, normalized_at, metadata, schema_version, validation_status,
        processed_at, ingested_at
    )
    SELECT 'stripe:evt_' || i, 'stripe', 'evt_' || i, 'charge.succeeded', 'ch_' || i, 'acct_1',
        CASE WHEN i %% 7 > 0 THEN 'cus_' || i %% 50 END, i, 'USD', i / 100.0, 'succeeded', 1,
        now() - i * interval '1 minute', now(), '{"order": "1"}', 1, 'valid', now(), now() - (i %% 3) * interval '1 day'
    FROM generate_series(%s::int, %s::int) AS i
"""
# What a supervised run would do, without Dagster's and dbt's seconds of imports. Its peak is the kernel's VmHWM:
# getrusage's would count the memory of the process that started it.
LOAD = """
import json, pathlib, re
from services.ingestion.bootstrap import bootstrap
from services.ingestion.settings import IngestionSettings
from services.ingestion.tables import PAYMENT_EVENTS
rows = [batch.rows for batch in bootstrap(IngestionSettings()).load(PAYMENT_EVENTS)]
status = pathlib.Path("/proc/self/status")
peak = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
print(json.dumps({"rows": rows, "peak_kib": int(peak[1]) if peak else 0}))
"""


@functools.cache
def servers() -> None:
    """Bring up what a batch needs, once per session: PostgreSQL, MinIO, the catalog, Trino."""
    lifecycle.up(("trino",), testing.own_context(), Reporter())


@functools.cache
def template() -> str:
    """Return the name of a migrated database that others are copied from: quicker than migrating each."""
    name = "ingestion_template"
    drop(name)
    create(name)
    upgrade(Postgres(db=name))
    return name


def create(name: str, *, like: str = "template1") -> None:
    with psycopg.connect(Postgres().dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, like))))


def drop(name: str) -> None:
    with psycopg.connect(Postgres().dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def until(true: Callable[[], object], what: str) -> None:
    """Poll until something is true. Raises AssertionError that says what was waited for."""
    deadline = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < deadline, f"not within {WITHIN_S:g} s: {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Scratch:
    """A bronze database and an Iceberg namespace that nobody else uses."""

    settings: IngestionSettings
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def ingestion(self) -> Ingestion:
        return bootstrap(self.settings)

    def insert(self, first: int, last: int) -> None:
        """Store events `first` to `last` in bronze."""
        self.execute(INSERT, first, last)

    def execute(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement in the bronze database, committed, and return its rows if it has any."""
        with psycopg.connect(self.settings.postgres.dsn) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def table(self) -> Table:
        return iceberg.load().load_table((self.settings.namespace, PAYMENT_EVENTS.name))

    def in_iceberg(self) -> list[str]:
        """The event ids in the Iceberg table, sorted, repetitions and all."""
        try:
            ids = self.table().scan(selected_fields=("event_id",)).to_arrow()["event_id"].to_pylist()
        except (NoSuchNamespaceError, NoSuchTableError):
            return []
        return sorted(str(event_id) for event_id in ids)

    def in_bronze(self, condition: str = "true") -> list[str]:
        """The event ids in bronze, sorted."""
        rows = self.execute(f"SELECT event_id FROM payment_events WHERE {condition}")  # noqa: S608 - constants
        return sorted(str(event_id) for (event_id,) in rows)

    def load(self) -> list[int]:
        """Run the ingestion here; the rows of its batches."""
        return [batch.rows for batch in self.ingestion().load(PAYMENT_EVENTS)]

    def assert_each_once(self) -> None:
        """Iceberg has what bronze has, each once, and all of it is marked."""
        assert self.in_iceberg() == self.in_bronze()
        assert self.in_bronze("loaded_to_iceberg") == self.in_bronze()

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a process that works on this scratch."""
        mine = {
            "POSTGRES_DB": self.settings.postgres.db,
            "INGESTION_NAMESPACE": self.settings.namespace,
            "INGESTION_BATCH_ROWS": str(self.settings.batch_rows),
            "INGESTION_PIECE_MIB": str(self.settings.piece_mib),
        }
        return os.environ | mine | more

    def process(self, **environment: str) -> subprocess.Popen[str]:
        """Start a run of the ingestion as a process of its own."""
        process = subprocess.Popen(
            [sys.executable, "-c", LOAD],
            cwd=REPOSITORY,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process


def result(process: subprocess.Popen[str]) -> dict[str, object]:
    """Wait for a process of `Scratch.process` and return what it found. Raises AssertionError if it failed."""
    output, _ = process.communicate(timeout=2 * WITHIN_S)
    assert process.returncode == 0, output
    found: dict[str, object] = json.loads(output.splitlines()[-1])
    return found


@contextmanager
def scratch(*, batch_rows: int = 400, lock_timeout_s: float = 1) -> Iterator[Scratch]:
    """Make a scratch and take it away again."""
    servers()
    name = f"scratch_{uuid.uuid4().hex[:12]}"
    create(name, like=template())
    mine = Scratch(
        IngestionSettings(
            postgres=Postgres(db=name), namespace=name, batch_rows=batch_rows, lock_timeout_s=lock_timeout_s
        )
    )
    try:
        yield mine
    finally:
        for process in mine.processes:
            if process.poll() is None:
                process.kill()
                process.communicate()
        drop(name)
        drop_namespace(name)


def drop_namespace(name: str) -> None:
    catalog = iceberg.load()
    try:
        for table in catalog.list_tables(name):
            catalog.drop_table(table)
        catalog.drop_namespace(name)
    except NoSuchNamespaceError:
        pass
