"""The servers that the ingestion stands on: PostgreSQL restarted, MinIO slow, cut and full."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pyarrow.fs import S3FileSystem

from services.contracts.settings import ObjectStore
from stack import ports
from stack.context import Context
from stack.servers.registry import server
from tests.faults import catalog_proxy
from tests.faults.processes import Supervised
from tests.faults.proxies import Proxies, Proxy
from tests.integration.ingestion import harness
from tests.integration.ingestion.harness import Scratch, until

pytestmark = [pytest.mark.integration, pytest.mark.fault]

DISK_MIB = 48
IN_A_SMALL_DISK = 'mount -t tmpfs -o size={size}m none "$0" && exec "$@"'


@pytest.fixture(autouse=True)
def whole_again() -> None:
    """Each test leaves the servers up, and its bronze is its own: the live pipeline is neither needed nor compared."""


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with harness.scratch(lock_timeout_s=30) as mine:
        yield mine


def test_postgresql_restarted(scratch: Scratch, supervised: Supervised) -> None:
    """Between the claim and the mark: the lock and every connection are gone."""
    scratch.insert(1, 1000)
    with catalog_proxy.running() as catalog:
        catalog.hold_requests()
        process = scratch.process(CATALOG_URI=catalog.url)
        until(catalog.reached.is_set, "the commit is sent")
        supervised.stop("postgres")
        supervised.start("postgres")
        catalog.release.set()
        process.communicate(timeout=harness.WITHIN_S)

    scratch.load()
    scratch.assert_each_once()


@pytest.fixture
def minio(proxies: Proxies) -> Proxy:
    return proxies.to("minio")


@pytest.fixture
def behind(minio: Proxy) -> Iterator[dict[str, str]]:
    """The environment of a run whose object store is behind the proxy: the catalog, too, tells it so."""
    with catalog_proxy.running(object_store=minio.url) as catalog:
        yield {"S3_ENDPOINT": minio.url, "CATALOG_URI": catalog.url}


def test_minio_slow(scratch: Scratch, minio: Proxy, behind: dict[str, str]) -> None:
    scratch.insert(1, 1000)
    minio.slow(50)

    found = harness.result(scratch.process(**behind))

    assert found["rows"] == [400, 400, 200]
    scratch.assert_each_once()


def test_minio_cut(scratch: Scratch, minio: Proxy, behind: dict[str, str]) -> None:
    """In the middle of a file: the run fails, with its batch open; nothing of it is to be seen."""
    scratch.insert(1, 1000)
    minio.cut_after(4000)
    process = scratch.process(**behind)
    output, _ = process.communicate(timeout=2 * harness.WITHIN_S)
    assert process.returncode, output
    assert scratch.in_iceberg() == []
    assert len(scratch.in_bronze("load_batch_id IS NOT NULL AND NOT loaded_to_iceberg")) == 400

    minio.mend()
    harness.result(scratch.process(**behind))
    scratch.assert_each_once()


@contextmanager
def ended(command: list[str | Path], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server while the block runs; what it says goes to the test's own output, which a failure shows."""
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class SmallMinio:
    """Where it is, and its disk as it is seen from outside of its mount namespace."""

    endpoint: str
    disk: Path


@contextmanager
def minio_on_a_small_disk(folder: Path) -> Iterator[SmallMinio]:
    """A second MinIO whose disk is a tmpfs of its own mount namespace, gone with its process."""
    unshare = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs a user namespace, which this machine does not give")
    store = ObjectStore()
    port = ports.free_port()
    program = server("minio", Context.load()).program().command[0]
    command = [
        program,
        "server",
        folder,
        "--address",
        f"127.0.0.1:{port}",
    ]
    keys = {
        "MINIO_ROOT_USER": store.access_key,
        "MINIO_ROOT_PASSWORD": store.secret_key.get_secret_value(),
        "MINIO_BROWSER": "off",
    }
    small_disk = [*unshare, "sh", "-c", IN_A_SMALL_DISK.format(size=DISK_MIB), folder]
    with ended([*small_disk, *command], os.environ | keys) as process:
        ready = f"http://127.0.0.1:{port}/minio/health/ready"
        until(lambda: process.poll() is not None or answers(ready), "the second MinIO is ready")
        assert process.poll() is None, "the second MinIO ended at its start"
        yield SmallMinio(f"http://127.0.0.1:{port}", Path(f"/proc/{process.pid}/root{folder}"))


def test_disk_full_at_the_writer(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk below MinIO has no byte left: MinIO refuses the data file, and the batch stays open."""
    if Context.load().choices.catalog == "polaris":
        pytest.skip("Polaris vends keys that only its own MinIO knows, not the one on the small disk")
    scratch.insert(1, 1000)
    with tempfile.TemporaryDirectory() as folder, minio_on_a_small_disk(Path(folder)) as small:
        monkeypatch.setenv("S3_ENDPOINT", small.endpoint)
        store = ObjectStore()
        files = S3FileSystem(
            endpoint_override=store.endpoint,
            access_key=store.access_key,
            secret_key=store.secret_key.get_secret_value(),
            region=store.region,
            allow_bucket_creation=True,
        )
        files.create_dir(store.bucket)
        filler = fill(small.disk)
        process = scratch.process()
        output, _ = process.communicate(timeout=2 * harness.WITHIN_S)
        assert process.returncode, output
        assert "OSError" in output
        assert scratch.in_bronze("loaded_to_iceberg") == []

        filler.unlink()
        assert harness.result(scratch.process())["rows"] == [400, 400, 200]
        scratch.assert_each_once()


def fill(folder: Path) -> Path:
    """Write a file until the kernel says ENOSPC, and return it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        file.writelines(itertools.repeat(bytes(4096)))
    return filler
