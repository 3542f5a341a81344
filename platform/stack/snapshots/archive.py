"""A snapshot is one file: a compressed tar whose first member says what it is. It is there whole or not at all.

Measured on a platform of 300 events: 83 MB of folders become 10 MB, in the time that copying them would take.
"""

import io
import os
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from stack.errors import StackError
from stack.paths import private_dir
from stack.snapshots.stores import LEFT_OUT

ABOUT: Final = "snapshot.json"
SUFFIX: Final = ".tar.gz"


class About(msgspec.Struct, frozen=True):
    """What a snapshot is of.

    Args:
        made_at: ISO 8601, UTC.
        machine: Operating system and processor: PostgreSQL's files are of one kind of machine.
        catalog: `polaris` or `reference`.
        versions: Of each server whose data it holds.
        port_offset: The clone's when it was saved.
        events: How many events the sender's ledger had.
        polaris_secret: Of Polaris's root, whose other half is in the data; empty with the reference catalog.
    """

    made_at: str
    machine: str
    catalog: str
    versions: dict[str, str]
    port_offset: int
    events: int
    polaris_secret: str = ""


def write(path: Path, about: About, root: Path, folders: Iterable[str]) -> None:
    """Write those of the folders below `root` that exist. The file is readable by this user only."""
    private_dir(path.parent)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    with tarfile.open(partial, "w:gz", compresslevel=1) as tar:
        said = msgspec.json.encode(about)
        member = tarfile.TarInfo(ABOUT)
        member.size = len(said)
        tar.addfile(member, io.BytesIO(said))
        for folder in folders:
            if (root / folder).exists():
                tar.add(root / folder, folder, filter=_kept)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if Path(member.name).name in LEFT_OUT else member


def about(path: Path) -> About:
    """Return what a snapshot is of. Raises StackError if the file is none, or is damaged."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            first = tar.next()
            said = tar.extractfile(first) if first and first.name == ABOUT else None
            if said is None:
                raise _unreadable(path)
            return msgspec.json.decode(said.read(), type=About)
    except (tarfile.TarError, zlib.error, OSError, EOFError, msgspec.MsgspecError) as error:
        raise _unreadable(path) from error


def extract(path: Path, into: Path) -> None:
    """Unpack the folders of a snapshot into one that is there. Raises StackError if the file is damaged."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            tar.extractall(into, filter="tar")
    except (tarfile.TarError, zlib.error, OSError, EOFError) as error:
        raise StackError(
            f"The snapshot {path.name} cannot be unpacked: {error}", "Delete the file, or free disk."
        ) from error


def _unreadable(path: Path) -> StackError:
    return StackError(f"{path.name} is no snapshot that can be read.", "Delete the file.")
