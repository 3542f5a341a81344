"""A connection and a table of which only the first change happens, as if the process were killed before the next."""

from typing import Any, Final

from pyiceberg.table import Table

from labkit.labs.ingestion.world import Connection

_COMMITTING: Final = ("manage_snapshots", "delete", "overwrite", "transaction", "append")


class KilledError(BaseException):
    """Stands for SIGKILL: no `except Exception` holds it."""


class Dying:
    """Counts the changes of both; the second one kills."""

    def __init__(self) -> None:
        self._changes = 0

    def connection(self, real: Connection) -> Any:  # noqa: ANN401 - it looks like what it wraps
        """Return the connection; an UPDATE is a change."""

        def execute(query: str | bytes, *rest: Any) -> Any:  # noqa: ANN401 - as above
            text = query.decode() if isinstance(query, bytes) else query
            if "update" in text.lower():
                self._change()
            return real.execute(text.encode(), *rest)

        return _Proxy(real, execute=execute)

    def table(self, real: Table) -> Any:  # noqa: ANN401 - as above
        """Return the table; what commits is a change."""
        return _Proxy(real, **{name: self._counted(getattr(real, name)) for name in _COMMITTING})

    def _counted(self, method: Any) -> Any:  # noqa: ANN401 - as above
        def changing(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
            self._change()
            return method(*arguments, **named)

        return changing

    def _change(self) -> None:
        self._changes += 1
        if self._changes > 1:
            raise KilledError


class _Proxy:
    """Is what it wraps, but for some methods."""

    def __init__(self, real: object, **instead: object) -> None:
        self._real = real
        vars(self).update(instead)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        return getattr(self._real, name)
