"""A platform that is saved, goes on, and is taken back: on real servers, in a clone of the test's own."""

import json
import random
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import LAKEHOUSE

if TYPE_CHECKING:
    from .conftest import Clone

# Servers stop and start several times: long, where much else goes on.
pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(1200)]

SEND = """
import asyncio
from services.simulator.client import send
from services.simulator.ledger import Ledger
from labkit.labs.preflight import shop
orders = [shop.order() for _ in range({count})]
asyncio.run(send(orders))
print(orders[0]["id"])
"""
APPEND = """
import pyarrow as pa
from services.contracts import iceberg
table = iceberg.load().create_table_if_not_exists("data.kept", schema=pa.schema([("n", pa.int64())]))
table.append(pa.table({"n": [1]}))
print(table.current_snapshot().snapshot_id)
"""
LOOK = """
from services.contracts import iceberg
table = iceberg.load().load_table("data.kept")
print(table.current_snapshot().snapshot_id, table.scan().to_arrow().num_rows)
"""

STORES = """
import boto3, psycopg
from services.contracts.settings import ObjectStore, Postgres
store = ObjectStore()
s3 = boto3.client("s3", endpoint_url=store.endpoint, aws_access_key_id=store.access_key,
                  aws_secret_access_key=store.secret_key.get_secret_value(), region_name=store.region)
sql = psycopg.connect(Postgres().dsn, autocommit=True)
"""
MARK = (
    STORES
    + """
sql.execute("DROP TABLE IF EXISTS mark")
sql.execute("CREATE TABLE mark AS SELECT '{word}' AS word")
s3.put_object(Bucket=store.bucket, Key="mark", Body=b"{word}")
"""
)
MARKS = (
    STORES
    + """
print(*sql.execute("TABLE mark").fetchone())
print(s3.get_object(Bucket=store.bucket, Key="mark")["Body"].read().decode())
"""
)


def _books(clone: "Clone") -> dict[str, Any]:
    """Wait until nothing is on its way, and return what each stage up to bronze holds."""
    answer = clone.run("reconcile", "--live", "--json", "--wait", "60")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    stages: dict[str, Any] = json.loads(answer.stdout)["stages"]
    return stages


def test_a_restored_platform_holds_what_was_saved_and_goes_on_from_there(clone: "Clone") -> None:
    up = clone.up("gateway", "normalizer", "orchestrator", "catalog")
    assert up.returncode == 0, up.stderr
    first, snapshot = clone.python(SEND.format(count=10)), clone.python(APPEND)
    before = _books(clone)
    running = set(clone.processes())
    saved = clone.run("snapshot", "save", "ten")
    assert saved.returncode == 0, saved.stderr
    assert set(clone.processes()) == running
    later = clone.python(SEND.format(count=10))
    clone.python(APPEND)

    restored = clone.run("snapshot", "restore", "ten", "--yes")

    assert restored.returncode == 0, restored.stderr
    assert set(clone.processes()) == running
    assert _books(clone) == before
    assert clone.python(LOOK) == f"{snapshot} 1"
    stages = {one["stage"]: one["status"] for one in json.loads(clone.run("trace", first, "--json").stdout)["stages"]}
    assert {stages[name] for name in ("sender's ledger", "Temporal workflow", "PostgreSQL payment_events")} == {"found"}
    assert (
        "No system knows" in clone.run("trace", later).stderr
        or "No stage that answered" in clone.run("trace", later).stderr
    )

    clone.python(SEND.format(count=5))
    assert _books(clone)["bronze"]["count"] == 15


def _mark(clone: "Clone", word: str) -> None:
    clone.python(MARK.format(word=word))


def _marks(clone: "Clone") -> set[str]:
    return set(clone.python(MARKS).split())


def test_a_restore_that_is_killed_leaves_the_old_state_or_the_new_one(clone: "Clone") -> None:
    assert clone.up("catalog").returncode == 0
    _mark(clone, "saved")
    assert clone.run("snapshot", "save", "one").returncode == 0
    for _ in range(3):
        _mark(clone, "later")

        _kill_a_restore(clone, "one")

        mended = clone.up("catalog")
        assert mended.returncode == 0, mended.stderr
        assert _marks(clone) in ({"saved"}, {"later"})


def _kill_a_restore(clone: "Clone", name: str) -> None:
    """Kill a restore, like a power cut, somewhere between its beginning and its end."""
    with subprocess.Popen([LAKEHOUSE, "snapshot", "restore", name, "--yes"], env=clone.environment) as restore:
        try:
            restore.wait(timeout=random.uniform(0.5, 6))  # noqa: S311 - anywhere will do: both outcomes are right
        except subprocess.TimeoutExpired:
            restore.kill()
