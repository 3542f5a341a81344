"""The star schema's fact table, asked the way an analyst asks: in SQL, through Trino."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import requests

import trino
from services.contracts.settings import Trino
from stack.journey.census import Ids, Payments
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Stage

NOT_BUILT_YET = ("TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND")
# Iceberg's hidden columns: a row cannot get older than the file that it is in.
FACT = """SELECT "$file_modified_time", "$path" FROM fct_payments WHERE event_id = ?"""


class FactsStage:
    """Trino as a stage."""

    stages = (Stage.FACTS,)

    def __init__(self, settings: Trino) -> None:
        self._settings = settings

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return the event's rows; `at` is when the data file that holds the row was last written."""
        rows = self._query(FACT, event_id)
        return {Stage.FACTS: [Sighting("fct_payments", written, {"file": path}) for written, path in rows]}

    def payments(self) -> Payments:
        """Return the ids and sums of `fct_payments`."""
        ids = Ids.of(event_id for (event_id,) in self._query("SELECT event_id FROM fct_payments"))
        sums = self._query("SELECT currency, sum(amount_cents) FROM fct_payments GROUP BY currency")
        return Payments(ids, {currency: int(total) for currency, total in sums})

    def _query(self, sql: str, *parameters: str) -> list[Sequence[Any]]:
        """Return the rows; none before dbt has built the table."""
        try:
            with closing(self._connect()) as connection:
                return list(connection.cursor().execute(sql, parameters or None).fetchall())
        except trino.exceptions.TrinoUserError as error:
            if error.error_name in NOT_BUILT_YET:
                return []
            raise StageUnavailableError(f"Trino refuses: {error.message}") from error
        except (trino.exceptions.Error, trino.exceptions.HttpError, requests.RequestException) as error:
            raise StageUnavailableError(f"Trino at {self._settings.host}:{self._settings.port}: {error}") from error

    def _connect(self) -> trino.dbapi.Connection:
        settings = self._settings
        return trino.dbapi.Connection(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            catalog=settings.catalog,
            schema=settings.schema_name,
            source="lakehouse",
            max_attempts=1,
        )
