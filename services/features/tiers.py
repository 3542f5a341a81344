"""dbt's `customer_tier`, for sums as they were known at a time. A test holds it to the macro."""

from typing import Final

TIERS: Final = (("platinum", 100_000), ("gold", 50_000), ("silver", 10_000))
"""From how many US cents on; below the last one it is bronze."""


def tier(usd_cents: str) -> str:
    """Return SQL for the tier of a lifetime's US cents."""
    cases = " ".join(f"when {usd_cents} >= {least} then '{name}'" for name, least in TIERS)
    return f"case {cases} else 'bronze' end"
