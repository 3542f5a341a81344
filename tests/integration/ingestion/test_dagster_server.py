"""`lakehouse up --only dagster`: the UI and the daemon, on this repository's definitions."""

import json
import subprocess
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from stack import lifecycle, ports
from stack.context import Context
from stack.progress import Reporter
from tests.faults.processes import LAKEHOUSE
from tests.integration.ingestion import harness

pytestmark = [pytest.mark.integration, pytest.mark.slow]

DEFINED = """{
  repositoriesOrError { ... on RepositoryConnection { nodes {
    assetNodes { assetKey { path } }
    jobs { name }
    schedules { name scheduleState { status } }
    sensors { name sensorState { status } }
  } } }
  instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } }
}"""


def lakehouse(*arguments: str) -> str:
    command = subprocess.run([LAKEHOUSE, *arguments], capture_output=True, text=True, check=False)
    assert command.returncode == 0, command.stdout + command.stderr
    return command.stdout


def status() -> dict[str, object]:
    """Return what `lakehouse status` says of Dagster; nothing, if it does not run."""
    servers = json.loads(lakehouse("status", "--json"))["servers"]
    return next((one for one in servers if one["name"] == "dagster"), {})


def ask(url: str, query: str) -> dict[str, object]:
    answer = httpx.post(f"{url}/graphql", json={"query": query}, timeout=30).raise_for_status().json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The server's address; it is up."""
    harness.servers()
    lakehouse("up", "--only", "dagster")
    yield Context.load().url("dagster", "ui")
    lifecycle.down(Reporter(), ["dagster"])


def test_dagster_starts_answers_and_shows_the_definitions(url: str) -> None:
    assert httpx.get(f"{url}/server_info").json()["dagster_webserver_version"]
    assert (status()["state"], status()["ready"]) == ("running", True)

    (repository,) = ask(url, DEFINED)["repositoriesOrError"]["nodes"]  # type: ignore[index] # as the query says

    assets = {"/".join(node["assetKey"]["path"]) for node in repository["assetNodes"]}
    assert {"data/payment_events", "data/payment_events_quarantine", "data/fct_payments", "data/dim_customer"} <= assets
    assert {"payments_batch", "table_maintenance"} <= {job["name"] for job in repository["jobs"]}
    # Nothing runs behind a learner's back.
    assert {each["scheduleState"]["status"] for each in repository["schedules"]} == {"STOPPED"}
    assert {each["sensorState"]["status"] for each in repository["sensors"]} == {"STOPPED"}


def test_the_daemon_behind_schedules_and_sensors_is_healthy(url: str) -> None:
    deadline = time.monotonic() + harness.WITHIN_S
    while True:
        daemons = ask(url, DEFINED)["instance"]["daemonHealth"]["allDaemonStatuses"]  # type: ignore[index] # likewise
        health = {each["daemonType"]: each["healthy"] for each in daemons if each["required"]}
        if health.get("SENSOR") and all(health.values()):
            break
        assert time.monotonic() < deadline, health
        time.sleep(0.2)


def test_down_leaves_no_process_and_no_held_port(url: str) -> None:
    server = psutil.Process(int(str(status()["pid"])))
    everybody = [server, *server.children(recursive=True)]
    assert len(everybody) > 2  # the webserver, the daemon, and their code servers

    lifecycle.down(Reporter(), ["dagster"])

    _, alive = psutil.wait_procs(everybody, timeout=10)
    assert not alive
    assert ports.free(int(url.rpartition(":")[2]))
    assert not status()
