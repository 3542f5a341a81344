"""The command on real servers, in a state of its own: what a second clone on this machine would do."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from stack import ports

from .conftest import LAKEHOUSE

if TYPE_CHECKING:
    from .conftest import Clone

pytestmark = pytest.mark.integration


def test_up_starts_what_is_named_and_a_second_up_does_nothing(clone: "Clone") -> None:
    first = clone.up("postgres", "minio")
    assert first.returncode == 0, first.stderr
    started = clone.processes()
    assert set(started) == {"postgres", "minio"}
    second = clone.up("postgres", "minio")
    assert "Already up: postgres, minio." in second.stdout
    assert clone.processes() == started


@pytest.mark.usefixtures("platform")
def test_another_platform_on_this_machine_is_not_disturbed(clone: "Clone") -> None:
    before = json.loads(subprocess.check_output([LAKEHOUSE, "status", "--json"]))["servers"]
    clone.up("postgres")
    clone.run("down")
    after = json.loads(subprocess.check_output([LAKEHOUSE, "status", "--json"]))["servers"]
    assert [(one["name"], one["pid"]) for one in before] == [(one["name"], one["pid"]) for one in after]


def test_down_leaves_no_process_and_no_held_port(clone: "Clone") -> None:
    clone.up("postgres", "minio")
    pids = [*clone.processes().values(), int((clone.state / "supervisord.pid").read_text())]
    children = [child.pid for pid in pids for child in psutil.Process(pid).children(recursive=True)]
    down = clone.run("down")
    assert down.returncode == 0, down.stderr
    assert not [pid for pid in pids + children if psutil.pid_exists(pid)]
    assert ports.free(clone.port("postgres", "sql"))
    assert ports.free(clone.port("minio", "api"))


def test_data_survives_down_and_up_and_reset_deletes_it(clone: "Clone") -> None:
    clone.up("minio")
    marker = clone.state / "data" / "minio" / "lakehouse"
    clone.run("down")
    assert marker.exists()
    assert clone.up("minio").returncode == 0
    secrets = (clone.state / "secrets.json").read_text()
    assert clone.run("reset", "--yes").returncode == 0
    assert not marker.exists()
    assert (clone.state / "secrets.json").read_text() == secrets


def test_a_taken_port_is_told_before_anything_starts(clone: "Clone") -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", clone.port("minio", "console")))
        holder.listen()
        refused = clone.up("postgres", "minio")
    assert refused.returncode == 1
    assert f"Port {clone.port('minio', 'console')} (minio, console) is taken by" in refused.stderr
    assert "--port-offset" in refused.stderr
    assert clone.processes() == {}


def test_a_server_that_dies_at_start_shows_its_last_words(clone: "Clone") -> None:
    clone.up("postgres")
    clone.run("down")
    (clone.state / "data" / "postgres" / "global" / "pg_control").write_bytes(b"")
    died = clone.up("postgres")
    assert died.returncode == 1
    assert "postgres ended while it was starting" in died.stderr
    assert "pg_control" in died.stderr
    assert "lakehouse logs postgres" in died.stderr


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_starting_is_mended_by_the_next_up(clone: "Clone") -> None:
    for delay_s in (0.8, 1.6, 2.4):
        command = [LAKEHOUSE, "up", "--only", "kafka,postgres", "--port-offset", str(clone.offset)]
        with subprocess.Popen(command, env=clone.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
            time.sleep(delay_s)
            first.send_signal(signal.SIGINT)
            first.communicate(timeout=30)
    mended = clone.up("kafka", "postgres")
    assert mended.returncode == 0, mended.stderr
    assert set(clone.processes()) == {"kafka", "postgres"}


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_postgres_makes_its_databases_is_mended_by_the_next_up(clone: "Clone") -> None:
    command = [LAKEHOUSE, "up", "--only", "postgres", "--port-offset", str(clone.offset)]
    with subprocess.Popen(command, env=clone.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        deadline = time.monotonic() + 30
        # The first of its three databases. All of them take a quiet machine a second: hold it there.
        while not list((clone.state / "data").glob("*/base/1/PG_VERSION")):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        children = psutil.Process(first.pid).children(recursive=True)
        makers = [child for child in children if child.name() in ("initdb", "postgres")]
        for maker in makers:
            maker.suspend()
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=30)
        for maker in makers:
            with contextlib.suppress(psutil.NoSuchProcess):  # `up` may have ended it on its way out
                maker.kill()
    assert makers
    mended = clone.up("postgres")
    assert mended.returncode == 0, mended.stderr
    assert [path.name for path in (clone.state / "data").iterdir()] == ["postgres"]


def test_a_killed_server_is_seen_and_started_again(clone: "Clone") -> None:
    clone.up("minio")
    os.kill(clone.processes()["minio"], signal.SIGKILL)
    deadline = time.monotonic() + 10
    while clone.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    states = {one["name"]: one["state"] for one in json.loads(clone.run("status", "--json").stdout)["servers"]}
    assert states["minio"] == "failed"
    assert clone.up("minio").returncode == 0
    assert "minio" in clone.processes()


def test_no_secret_is_printed_but_by_env(clone: "Clone") -> None:
    started = clone.up("minio")
    secrets = [value for value in json.loads((clone.state / "secrets.json").read_text()).values() if len(value) > 20]
    shown = started.stdout + started.stderr + clone.run("status").stdout + clone.run("logs", "minio").stdout
    assert not [secret for secret in secrets if secret in shown]
    assert all(secret in clone.run("env").stdout for secret in secrets if secret.startswith("whsec_"))
    assert (clone.state / "supervisord.conf").stat().st_mode & 0o777 == 0o600
