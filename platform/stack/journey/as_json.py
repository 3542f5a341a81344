"""The machine-readable results: plain dicts and lists, complete, with stable names."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from stack.journey.census import Census, Ids, Payments, Quarantine
from stack.journey.comparing import Reconciliation
from stack.journey.links import Link
from stack.journey.sightings import Journey, Sighting
from stack.journey.whereabouts import now


def journey(found: Journey, pages: Mapping[str, Link]) -> dict[str, Any]:
    """Return a trace: `status` is found, absent or unavailable (not asked); times are ISO 8601 in UTC.

    `now` says where the event is, and `moving` whether it will get further by itself; `url` is a page that shows it.
    """
    whereabouts = now(found)
    return {
        "event_id": found.event_id,
        "catalog": found.catalog,
        "now": whereabouts.sentence,
        "moving": whereabouts.moving,
        "stages": [
            {
                "stage": report.stage,
                "status": report.status.value,
                "at": report.sightings[0].at.isoformat() if report.sightings and report.sightings[0].at else None,
                "sightings": [_sighting(sighting) for sighting in report.sightings],
                "reason": report.reason,
                "url": pages[report.stage].url if report.stage in pages else None,
            }
            for report in found.stages
        ],
    }


def _sighting(sighting: Sighting) -> dict[str, Any]:
    details = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in sighting.details.items()
    }
    return {"where": sighting.where, "at": sighting.at.isoformat() if sighting.at else None, **details}


def reconciliation(result: Reconciliation, catalog: str) -> dict[str, Any]:
    """Return a reconciliation with every id of every stage; None for a stage that could not be asked."""
    return {
        "catalog": catalog,
        "equal": result.equal,
        "complete": not result.census.unavailable,
        "unavailable": dict(result.census.unavailable),
        "stages": _stages(result.census),
        "comparisons": [{**asdict(item), "equal": item.equal} for item in result.comparisons],
        "repetitions": [asdict(item) for item in result.repetitions],
    }


def _stages(census: Census) -> Mapping[str, Any]:
    return {
        "accepted": _ids(census.accepted),
        "unrouted": _ids(census.unrouted),
        "bronze": _payments(census.bronze),
        "bronze_quarantine": _quarantine(census.bronze_quarantine),
        "iceberg": _payments(census.iceberg),
        "iceberg_quarantine": _quarantine(census.iceberg_quarantine),
        "facts": _payments(census.facts),
    }


def _ids(ids: Ids | None) -> dict[str, Any] | None:
    return None if ids is None else {"count": len(ids.distinct), "event_ids": sorted(ids.distinct)}


def _payments(payments: Payments | None) -> dict[str, Any] | None:
    if payments is None:
        return None
    return {**(_ids(payments.ids) or {}), "history": len(payments.history), "amount_cents": dict(payments.sums)}


def _quarantine(quarantine: Quarantine | None) -> dict[str, Any] | None:
    if quarantine is None:
        return None
    return {
        "count": len(quarantine.rows.distinct),
        "event_ids": sorted(quarantine.events),
        "quarantine_ids_without_event_id": sorted(quarantine.unnamed),
    }
