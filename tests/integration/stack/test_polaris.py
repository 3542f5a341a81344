"""The platform on a real Polaris: a token, vended credentials, and tables that survive a restart."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow as pa
import pytest
from trino.dbapi import connect

from services.contracts import iceberg
from services.contracts.settings import Catalog, Trino
from stack import ports
from stack.context import Context

pytestmark = [pytest.mark.integration, pytest.mark.polaris, pytest.mark.slow]

LAKEHOUSE = Path(sys.executable).with_name("lakehouse")


def _lakehouse(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LAKEHOUSE, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def polaris(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A platform of its own, up to Trino, on Polaris."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAKEHOUSE_STATE", str(tmp_path_factory.mktemp("polaris")))
        patch.setenv("LAKEHOUSE_CATALOG", "polaris")
        offset = str(ports.free_offset(range(45_000, 55_000, 500)))
        started = _lakehouse("up", "--only", "trino", "--port-offset", offset)
        assert started.returncode == 0, started.stderr
        yield Context.load()
        _lakehouse("down")


def _query(sql: str) -> list[list[object]]:
    trino = Trino()
    with connect(host=trino.host, port=trino.port, user="test", catalog="lakehouse", schema="data") as connection:
        return list(connection.cursor().execute(sql).fetchall())


def test_a_table_written_by_pyiceberg_is_read_by_trino_and_survives_a_restart(polaris: Context) -> None:
    assert polaris.choices.catalog == Catalog().kind == "polaris"
    rows = pa.table({"event_id": ["stripe:evt_1", "stripe:evt_2"], "amount_cents": [1590, 700]})
    table = iceberg.load().create_table("data.polaris_probe", rows.schema)
    table.append(rows)
    assert _query("SELECT sum(amount_cents) FROM polaris_probe") == [[2290]]
    assert _lakehouse("down").returncode == 0
    assert _lakehouse("up", "--only", "trino").returncode == 0
    assert _query("SELECT count(*) FROM polaris_probe") == [[2]]
    assert len(_query('SELECT snapshot_id FROM "polaris_probe$snapshots"')) == 1


def test_trino_writes_and_the_s3_keys_come_from_polaris(polaris: Context) -> None:
    _query("CREATE TABLE trino_probe AS SELECT 'evt_1' AS event_id")
    table = iceberg.load().load_table("data.trino_probe")
    assert table.scan().to_arrow().num_rows == 1
    vended = table.io.properties
    assert vended["s3.session-token"]
    assert vended["s3.access-key-id"] != polaris.secrets.minio_user


def test_nobody_without_the_secret_gets_in(polaris: Context) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "root",
        "client_secret": "guess",
        "scope": "PRINCIPAL_ROLE:ALL",
    }
    base = polaris.url("catalog", "api") + "/api/catalog/v1"
    assert httpx.post(f"{base}/oauth/tokens", data=form).status_code == httpx.codes.UNAUTHORIZED
    assert httpx.get(f"{base}/config", params={"warehouse": "lakehouse"}).status_code == httpx.codes.UNAUTHORIZED


def test_status_names_the_catalog(polaris: Context) -> None:
    assert polaris.choices.catalog == "polaris"
    assert json.loads(_lakehouse("status", "--json").stdout)["catalog"] == "polaris"


def test_the_tables_of_one_catalog_are_not_hidden_by_choosing_the_other(polaris: Context) -> None:
    assert polaris.choices.catalog == "polaris"
    refused = subprocess.run(
        [LAKEHOUSE, "up", "--only", "trino,kafka"],
        env=os.environ | {"LAKEHOUSE_CATALOG": "reference"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "tables are in the polaris catalog" in refused.stderr
    assert "lakehouse reset" in refused.stderr
