"""Build a Go program into the cache. Go comes from the system if it is new enough, else from the wheel."""

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

from stack.errors import StackError
from stack.paths import cache_dir
from stack.progress import Step

MINIMUM = (1, 26)
SHOWN_LINES = 12


def go() -> Path:
    """Return a Go that is new enough. Raises StackError if there is none."""
    beside_python = Path(sys.executable).with_name("go")
    for candidate in (shutil.which("go"), beside_python):
        if candidate and Path(candidate).exists() and _version(Path(candidate)) >= MINIMUM:
            return Path(candidate)
    remedy = "Run `make install`, which installs one from a wheel, or install Go from your system's packages."
    raise StackError(f"No Go compiler of version {MINIMUM[0]}.{MINIMUM[1]} or newer was found.", remedy)


def _version(program: Path) -> tuple[int, ...]:
    shown = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", shown)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def environment() -> dict[str, str]:
    """Return the environment of a build: everything in our cache, no other toolchain fetched, no C compiler needed."""
    home = cache_dir() / "go"
    ours = {
        "GOPATH": home,
        "GOCACHE": home / "build",
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
    return os.environ | {name: str(value) for name, value in ours.items()}


def install(module: str, target: Path, step: Step) -> None:
    """Build `package@version` and put the program at `target`. An interrupted build goes on from Go's own cache.

    Raises StackError with the compiler's last lines.
    """
    binaries = target.parent / ".building"
    binaries.mkdir(parents=True, exist_ok=True)
    command = [str(go()), "install", "-v", "-trimpath", "-ldflags=-s -w", module]
    last: deque[str] = deque(maxlen=SHOWN_LINES)
    with subprocess.Popen(
        command,
        env=environment() | {"GOBIN": str(binaries)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as build:
        try:
            for packages, line in enumerate(build.stdout or ()):
                last.append(line.rstrip())
                step.update(f"{packages} steps, {line.strip()[:48]}", packages)
        except InterruptedError:
            build.terminate()
            raise
    if build.returncode:
        shown = "\n    ".join(last)
        remedy = "Is the Go module proxy reachable, is the disk full? Then run the same command again: it goes on."
        raise StackError(f"{module} did not build:\n    {shown}", remedy)
    (built,) = binaries.iterdir()
    built.replace(target)
    shutil.rmtree(binaries)


def clean() -> None:
    """Delete sources and intermediate results, several GB that only an interrupted build goes on from."""
    shutil.rmtree(cache_dir() / "go", ignore_errors=True)
