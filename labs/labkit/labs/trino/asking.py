"""Asking Trino, and what the answer cost: the rows and bytes that were read for it, as Trino itself counts them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from trino.dbapi import connect
from trino.exceptions import TrinoConnectionError, TrinoQueryError

from labkit.attempt import Attempt
from labkit.errors import ServerDownError, WrongAnswerError
from labkit.labs.trino.table import NAMESPACE
from services.contracts.settings import Trino
from services.ingestion.trino import TrinoResource

Query = Callable[..., list[Sequence[Any]]]
_DOWN: Final = "`lab.platform.run('up', '--only', 'trino')`, then run this cell again."


@dataclass(frozen=True)
class Asked:
    """An answer. `read_rows` and `read_bytes` came from the store; `ms` passed in Trino."""

    rows: Sequence[Sequence[Any]]
    read_rows: int
    read_bytes: int
    ms: int


def ask(sql: str) -> Asked:
    """Run a query in the lab's namespace. Raises `TrinoQueryError`, and `ServerDownError` if Trino does not answer."""
    settings = Trino()
    try:
        with connect(  # type: ignore[no-untyped-call]
            host=settings.host, port=settings.port, user="lab08", catalog=settings.catalog, schema=NAMESPACE
        ) as connection:
            cursor = connection.cursor()
            rows = cursor.execute(sql.strip().rstrip(";")).fetchall()
            stats = cursor.stats
    except TrinoConnectionError:
        raise _down(settings) from None
    return Asked(rows, stats["processedRows"], stats["physicalInputBytes"], stats["elapsedTimeMillis"])


def _down(settings: Trino) -> ServerDownError:
    return ServerDownError(f"Trino does not answer at {settings.host}:{settings.port}", try_next=_DOWN)


@dataclass(frozen=True)
class Listening:
    """The real ingestion's way to Trino, `query(statement, session)`, which remembers what was said."""

    said: list[str] = field(default_factory=list)

    def __call__(self, statement: str, session: Mapping[str, str] | None = None) -> list[Sequence[Any]]:
        """Return every row of a statement's result, under these session properties of the catalog."""
        self.said.append(" ".join(str(statement).split()))
        settings = Trino()
        try:
            return TrinoResource(settings, NAMESPACE).query(statement, session)
        except TrinoConnectionError:
            raise _down(settings) from None


def told_by_trino(attempt: Attempt, *arguments: object) -> Any:  # noqa: ANN401 - whatever a learner returns
    """Call a learner's function; where Trino refused what it said, let Trino's own words tell."""
    try:
        return attempt(*arguments)
    except WrongAnswerError as error:
        if isinstance(error.__cause__, TrinoQueryError):
            raise refused(error.__cause__) from None
        raise


def refused(error: TrinoQueryError) -> WrongAnswerError:
    """Return what to say where Trino refused a statement."""
    words = str(error.message).partition(" Expecting:")[0]
    return WrongAnswerError(f"Trino refused the statement: {words}")
