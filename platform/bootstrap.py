"""Make `.venv` from the lock: `python3 platform/bootstrap.py`. Needs only Python and pip; does nothing if it is done.

uv installs. Where it is missing, pip puts the pinned one into `.lakehouse/uv`; nothing outside the clone changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"
SUPPORTED = ((3, 11), (3, 13))
NAMES = ("python3.12", "python3.11", "python3.13")
ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "main.txt"
IMAGE_GROUPS = ("services", "models", "dagster")
IMAGE_PYTHON = "3.12"
DONE = VENV / "installed.sha256"


def fail(problem: str, remedy: str) -> None:
    """End with a message that says what to do."""
    sys.exit(f"✗ {problem}\n  → {remedy}")


def supported_python() -> str:
    """Return the real path of a Python that the locks are made for: this one if it is, else one on PATH."""
    lowest, highest = SUPPORTED
    if lowest <= sys.version_info[:2] <= highest:
        return sys.executable
    for name in NAMES:
        found = shutil.which(name)
        # A shim (pyenv, asdf) may be on PATH with no such Python behind it, so it is asked.
        asked = found and subprocess.run(
            [found, "-c", "import sys; print(sys.executable)"], capture_output=True, text=True, check=False
        )
        if asked and asked.returncode == 0:
            return asked.stdout.strip()
    version = ".".join(map(str, sys.version_info[:2]))
    fail(
        f"This is Python {version}; the course needs 3.11, 3.12 or 3.13.",
        "Install one, then `make install PYTHON=python3.12`.",
    )
    raise AssertionError


def find_uv(python: str) -> str:
    """Return a uv: the one on PATH, else the one that pip installs here."""
    ours = ROOT / ".lakehouse" / "uv"
    found = shutil.which("uv") or shutil.which("uv", path=str(ours / "bin"))
    if found:
        return found
    print("uv is not installed; pip puts it into .lakehouse/uv", flush=True)
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
        "--target",
        str(ours),
        UV,
    ]
    if subprocess.run(pip, check=False).returncode:
        fail("pip could not install uv.", "Is the Python package index reachable? Debian: `apt install python3-pip`.")
    return str(ours / "bin" / "uv")


def digest() -> str:
    """Return what the environment was made from, so that it is made again when that changes."""
    parts = (LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def lock() -> None:
    """Resolve the dependency groups of pyproject.toml again, for every system and supported Python."""
    options = ["--universal", "--generate-hashes", "--quiet", "--upgrade", "--custom-compile-command", "make lock"]
    compile_ = [find_uv(supported_python()), "pip", "compile", *options]
    # An image holds the versions that were tested on this machine.
    as_tested = ["--python-version", IMAGE_PYTHON, "--constraints", "requirements/main.txt"]
    for group in ("main", *IMAGE_GROUPS):
        bounds = as_tested if group in IMAGE_GROUPS else []
        command = [*compile_, *bounds, "--group", group, "-o", f"requirements/{group}.txt", "pyproject.toml"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            sys.exit(1)
    sys.exit(0)


def main() -> None:
    """Bring `.venv` in step with the lock."""
    if "--lock" in sys.argv:
        lock()
    wanted = digest()
    if DONE.exists() and DONE.read_text() == wanted:
        return
    python = supported_python()
    uv = find_uv(python)
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_COMPILE_BYTECODE": "1", "VIRTUAL_ENV": str(VENV)}
    print(
        "Installing the course's Python packages into .venv (about 1.7 GB, a minute or two the first time)", flush=True
    )
    # On a terminal uv shows its progress; elsewhere it would only list three hundred names.
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    steps = (
        [uv, "venv", "--quiet", "--clear", "--python", python, str(VENV)],
        [uv, "pip", "sync", *quiet, "--require-hashes", str(LOCK)],
        [uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    )
    for step in steps:
        if subprocess.run(step, env=environment, cwd=ROOT, check=False).returncode:
            fail(f"`{' '.join(step[:3])}` failed; its message is above.", "Mend that, then run the same command again.")
    DONE.write_text(wanted)


if __name__ == "__main__":
    main()
