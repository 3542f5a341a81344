"""Where things live: the per-user cache of servers, and this clone's state."""

import hashlib
import os
import tempfile
from pathlib import Path

from services.contracts.settings import REPOSITORY, state_dir

PLATFORM = REPOSITORY / "platform"


def cache_dir() -> Path:
    """Return where downloaded and built servers are kept, shared by every clone of this user (`LAKEHOUSE_CACHE`)."""
    return Path(os.environ.get("LAKEHOUSE_CACHE") or Path.home() / ".cache" / "lakehouse").expanduser().resolve()


def data_dir(name: str) -> Path:
    """Return where one server of this clone keeps its data."""
    return state_dir() / "data" / name


def log_file(name: str) -> Path:
    """Return the file that one process of this clone logs to."""
    return state_dir() / "logs" / f"{name}.log"


def socket_file() -> Path:
    """Return the supervisor's socket: short whatever the clone's path, since a socket's path may have 103 bytes."""
    digest = hashlib.sha256(str(state_dir()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"lakehouse-{os.getuid()}" / f"{digest}.sock"


def private_dir(path: Path) -> Path:
    """Create a folder that only this user may enter, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only this user can read, at once or not at all."""
    private_dir(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
