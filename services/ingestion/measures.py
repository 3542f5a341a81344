"""Measures a table on both sides: Iceberg by Trino, bronze by PostgreSQL. No id leaves either of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import psycopg

from services.contracts.settings import Postgres
from services.ingestion.quality import Day, Measured
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE, BronzeTable
from services.ingestion.trino import TrinoResource


@dataclass(frozen=True)
class Rules:
    """What is measured of a table. `total` is summed per day; the other expressions are Trino's.

    `live` tells the rows by which a usual day and a usual share of nulls are known: a history that was loaded in bulk
    has no scores, and days of its own.
    """

    total: str
    live: str = "true"
    null_limits: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)


RULES: Final[Mapping[str, Rules]] = {
    PAYMENT_EVENTS.name: Rules(
        total="amount_cents",
        live="source = 'gateway'",
        null_limits={"customer_id": 0.5, "fraud_score": 0.05, "card_country": 0.9},
        ranges={
            "amount is not negative": "amount_cents >= 0 AND amount >= 0",
            "currency has three letters": "length(currency) = 3",
            "attempt is 1 or later": "attempt_number >= 1",
            "scores are probabilities": "fraud_score BETWEEN 0 AND 1 AND churn_score BETWEEN 0 AND 1",
            "delay is not negative": "retry_delay_seconds >= 0",
            "a payment is named": "payment_intent_id IS NOT NULL OR charge_id IS NOT NULL",
        },
    ),
    QUARANTINE.name: Rules(
        total="length(payload)",
        null_limits={"event_id": 0.9},
        ranges={"a reason is given": "reason <> ''", "offset is not negative": "source_offset >= 0"},
    ),
}

# The first 60 bits of each id's md5, summed: the same number on both sides, in whatever order the rows are.
_TRINO_ID = "CAST(from_base(substr(to_hex(md5(to_utf8({key}))), 1, 15), 16) AS decimal(38, 0))"
_POSTGRES_ID = "('x' || left(md5({key}), 15))::bit(60)::bigint"
_TRINO_DAYS = """
    SELECT CAST({day} AT TIME ZONE 'UTC' AS date), count(*), sum({total}), sum({id}), count_if({live})
    FROM {table} GROUP BY 1
"""
_POSTGRES_DAYS = """
    SELECT ({day} AT TIME ZONE 'UTC')::date, count(*), sum({total}), sum({id}) FROM {table}
    WHERE loaded_to_iceberg GROUP BY 1
"""
_OLDEST = "SELECT min({day}) FROM {table} WHERE NOT loaded_to_iceberg"


class Measures:
    """Both sides of the tables."""

    def __init__(self, postgres: Postgres, trino: TrinoResource) -> None:
        """Take where the two are; nothing connects yet."""
        self._postgres = postgres
        self._trino = trino

    def of(self, table: BronzeTable) -> Measured:
        """Measure one table. Bronze is asked first: what is loaded meanwhile must not look lost."""
        rules = RULES[table.name]
        bronze_days, oldest_waiting = self._bronze(table, rules)
        nulls = [f"count_if({column} IS NULL AND {rules.live})" for column in rules.null_limits]
        violations = [f"count_if(NOT ({condition}))" for condition in rules.ranges.values()]
        (key,) = table.schema.identifier_field_names()
        columns = ", ".join(["count(*)", f"count(DISTINCT {key})", *nulls, *violations])
        (row,) = self._trino.query(f"SELECT {columns} FROM {table.name}")  # noqa: S608 - constants
        rows, distinct, *counts = row
        iceberg_days = self._trino.query(_statement(_TRINO_DAYS, _TRINO_ID, table, rules))
        return Measured(
            rows=rows,
            distinct_ids=distinct,
            nulls=dict(zip(rules.null_limits, counts, strict=False)),
            violations=dict(zip(rules.ranges, counts[len(nulls) :], strict=True)),
            iceberg_days=_days(figures[:-1] for figures in iceberg_days),
            live_days={day: live for day, *_, live in iceberg_days if live},
            bronze_days=bronze_days,
            oldest_waiting=oldest_waiting,
        )

    def _bronze(self, table: BronzeTable, rules: Rules) -> tuple[dict[date, Day], datetime | None]:
        with psycopg.connect(self._postgres.dsn) as connection:
            days = connection.execute(_statement(_POSTGRES_DAYS, _POSTGRES_ID, table, rules).encode()).fetchall()
            oldest = connection.execute(_statement(_OLDEST, "", table, rules).encode()).fetchone()
        return _days(days), oldest[0] if oldest else None


def _statement(template: str, identity: str, table: BronzeTable, rules: Rules) -> str:
    """Fill a template in: every part of it is a constant of this package."""
    (key,) = table.schema.identifier_field_names()
    return template.format(
        day=table.partition_expr, total=rules.total, live=rules.live, id=identity.format(key=key), table=table.name
    )


def _days(rows: Any) -> dict[date, Day]:  # noqa: ANN401 - each driver's own rows
    return {day: Day(count, int(total or 0), int(ids)) for day, count, total, ids in rows}
