"""The rules of `quality` as Dagster asset checks, whose outcomes Dagster keeps: one measurement per table."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from services.ingestion.assets import KEY_PREFIX
from services.ingestion.measures import RULES, Measures
from services.ingestion.quality import CHECKS, Finding, findings
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE, BronzeTable


def quality_checks(table: BronzeTable) -> dg.AssetChecksDefinition:
    """Return the checks of one table."""
    key = dg.AssetKey([KEY_PREFIX, table.name])

    @dg.multi_asset_check(
        name=f"{table.name}_quality",
        specs=[dg.AssetCheckSpec(name, asset=key, description=description) for name, description in CHECKS],
        description="Measures the table in Iceberg and in bronze.",
    )
    def _checks(measures: dg.ResourceParam[Measures]) -> Iterator[dg.AssetCheckResult]:
        for finding in findings(measures.of(table), datetime.now(UTC), RULES[table.name].null_limits):
            yield _result(finding, key)

    return _checks


def _result(finding: Finding, key: dg.AssetKey) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=finding.check,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity.ERROR if finding.severe else dg.AssetCheckSeverity.WARN,
        description=finding.description,
        metadata=dict(finding.figures),
    )


payment_events_quality = quality_checks(PAYMENT_EVENTS)
payment_events_quarantine_quality = quality_checks(QUARANTINE)
