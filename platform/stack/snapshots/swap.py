"""Putting other folders in place of a clone's, so that a crash at any moment leaves all of the old or all of the new.

    incoming/   being filled; worth nothing. A crash leaves the old state.
    restored/   whole: renaming one to the other is the moment at which the new state counts
    finish()    moves each folder of `restored/` into its place; begun again, it goes on where it stopped

`lifecycle.up` finishes before it starts anything, so that no server ever sees a mixture.
"""

import shutil
from pathlib import Path
from typing import Final

from services.contracts.settings import state_dir
from stack import state_id
from stack.paths import private_dir
from stack.snapshots.stores import FOLDERS

SECRETS: Final = "secrets.json"
_ABSENT: Final = ".absent"


def _incoming() -> Path:
    return state_dir() / "incoming"


def _restored() -> Path:
    return state_dir() / "restored"


def begin() -> Path:
    """Return an empty folder to fill with the new state."""
    shutil.rmtree(_incoming(), ignore_errors=True)
    return private_dir(_incoming())


def commit() -> None:
    """Make what was filled in the clone's state. Nothing of this clone may be running. Needs `finish`."""
    for folder in FOLDERS:
        if not (_incoming() / folder).exists():
            # Or a second attempt to finish could not tell what is yet to be deleted from what is already in place.
            marker = _incoming() / f"{folder}{_ABSENT}"
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
    _incoming().rename(_restored())


def finish() -> None:
    """Move what was committed into its place; does nothing if nothing was."""
    if not _restored().exists():
        return
    for folder in FOLDERS:
        new, absent, place = _restored() / folder, _restored() / f"{folder}{_ABSENT}", state_dir() / folder
        if new.exists() or absent.exists():
            shutil.rmtree(place, ignore_errors=True)
        if new.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            new.rename(place)
        absent.unlink(missing_ok=True)
    if (_restored() / SECRETS).exists():
        (_restored() / SECRETS).replace(state_dir() / SECRETS)
    state_id.renew()
    shutil.rmtree(_restored())


def discard() -> None:
    """Forget a state that is on its way in."""
    shutil.rmtree(_incoming(), ignore_errors=True)
    shutil.rmtree(_restored(), ignore_errors=True)
