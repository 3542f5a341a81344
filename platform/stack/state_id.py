"""Which data this clone holds: an id that is new after all of it was replaced (`lakehouse reset`, a snapshot)."""

import os
import uuid
from pathlib import Path

from services.contracts.settings import state_dir
from stack.paths import private_dir, write_private


def _file() -> Path:
    return state_dir() / "state_id"


def current() -> str:
    """Return the id, made at the first call. Several processes that ask at once get the same."""
    private_dir(state_dir())
    made = _file().with_name(f".state_id.{os.getpid()}.{uuid.uuid4().hex}")
    try:
        return _file().read_text(encoding="ascii")
    except FileNotFoundError:
        made.write_text(uuid.uuid4().hex, encoding="ascii")
    try:
        os.link(made, _file())  # unlike a rename, it fails where another process was faster
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return _file().read_text(encoding="ascii")


def renew() -> None:
    """Say that whoever remembers the data of before remembers what is gone."""
    write_private(_file(), uuid.uuid4().hex)
