"""The load generator: vegeta, a native program, for a Python client would be what is measured.

Source: https://github.com/tsenart/vegeta#usage-manual
"""

import base64
import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from stack.install import golang
from stack.paths import cache_dir
from stack.progress import Reporter
from tests.bench.measured import BenchmarkError

VERSION = "v12.13.0"
MODULE = f"github.com/tsenart/vegeta/v12@{VERSION}"


@dataclass(frozen=True)
class Request:
    """A POST to send."""

    url: str
    body: bytes
    headers: Mapping[str, str]

    def as_target(self) -> str:
        """Return the line of vegeta's JSON format."""
        headers = {name: [value] for name, value in self.headers.items()}
        body = base64.b64encode(self.body).decode()
        return json.dumps({"method": "POST", "url": self.url, "body": body, "header": headers})


@dataclass(frozen=True)
class Load:
    """What an attack brought: answers per second, and the median time to an answer."""

    requests_per_s: float
    p50_ms: float


def program() -> Path:
    """Return vegeta, which is built into the per-user cache the first time (11 s)."""
    program = cache_dir() / "tools" / "vegeta" / VERSION / "vegeta"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(cache_dir() / "install.lock"), Reporter().step(f"building vegeta {VERSION}") as step:
            golang.install(MODULE, program, step)
            golang.clean()
    return program


def attack(requests: Iterable[Request], *, connections: int, seconds: float) -> Load:
    """Send the requests in turn, over and over, on so many connections, each as soon as the last is answered.

    Raises:
        BenchmarkError: an answer was not 200.
    """
    with tempfile.TemporaryDirectory() as folder:
        targets, results = Path(folder) / "targets.json", Path(folder) / "results.bin"
        targets.write_text("".join(f"{request.as_target()}\n" for request in requests), encoding="utf-8")
        workers = (f"-workers={connections}", f"-max-workers={connections}", f"-connections={connections}")
        options = ("-rate=0", *workers, f"-duration={seconds:g}s", "-format=json", "-max-body=0")
        files = (f"-targets={targets}", f"-output={results}")
        subprocess.run([program(), "attack", *options, *files], check=True)
        report = json.loads(subprocess.check_output([program(), "report", "-type=json", results]))
    if set(report["status_codes"]) != {"200"}:
        raise BenchmarkError(f"Not every answer was 200: {report['status_codes']} {report['errors'][:3]}")
    return Load(requests_per_s=report["throughput"], p50_ms=report["latencies"]["50th"] / 1e6)
