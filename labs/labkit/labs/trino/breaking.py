"""What a clean-up that is too eager does to a writer who has not committed yet, for real, on a table of its own."""

from typing import Final

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from trino.exceptions import TrinoQueryError

from labkit.errors import OutOfOrderError
from labkit.labs.trino import asking, table
from labkit.labs.trino.asking import Listening
from labkit.panel import Panel, Tone

NAME: Final = "broken"
AT_ONCE: Final = {"remove_orphan_files_min_retention": "0s"}


class Writer:
    """Somebody who loads an hour, slowly."""

    def __init__(self) -> None:
        """Begin with a table of one hour that is in order."""
        self._table: Table = table.create(NAME)
        table.commit(self._table, table.write(self._table, [0]))
        self._files: tuple[DataFile, ...] = ()

    def write(self) -> None:
        """Write the next hour's file. The commit comes later."""
        self._files = table.write(self._table, [1])

    def commit(self) -> None:
        """Commit it. Raises `OutOfOrderError` if nothing was written."""
        if not self._files:
            raise OutOfOrderError("the writer has written nothing", try_next="run the cell with `write()` first.")
        table.commit(self._table, self._files)

    def roll_back(self) -> None:
        """Make the snapshot before the newest the current one, and load the hour again."""
        self._table.refresh()
        newest = self._table.current_snapshot()
        if newest and newest.parent_snapshot_id:
            self._table.manage_snapshots().rollback_to_snapshot(newest.parent_snapshot_id).commit()
        self._table.refresh()
        table.commit(self._table, table.write(self._table, [1]))


def clean_up_at_once() -> None:
    """Delete every file that no snapshot names, however young: what seven days of retention are there to prevent."""
    Listening()(f"ALTER TABLE {NAME} EXECUTE remove_orphan_files(retention_threshold => '0s')", AT_ONCE)


def read() -> Panel:
    """Return what Trino says to a question about the table."""
    try:
        [[count, total]] = asking.ask(f"SELECT count(*), sum(amount) FROM {NAME}").rows  # noqa: S608 - ours
    except TrinoQueryError as error:
        return Panel("Trino cannot read the table", Tone.BAD, lines=(f"{error.error_name}: a file is missing",))
    return Panel("Trino reads the table", Tone.GOOD, lines=(f"{count} payments, {total:.2f} dollars and euros",))
