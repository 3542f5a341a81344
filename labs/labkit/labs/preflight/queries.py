"""What can be wrong with a query for one event, seen from its text alone."""

import re

from services.contracts.events import PROVIDER


def mistake(sql: object, event_id: str) -> str | None:
    """Return why this is no query for the event, None if it may be one."""
    if not isinstance(sql, str):
        return f"`payment_sql` returned a {type(sql).__name__}; a query is a `str`"
    if not sql.strip("; \n\t"):
        return "the query is empty"
    if "{event_id}" in sql:
        return "`{event_id}` stands in your query as it is; a text that takes values has an f before its quotes"
    if event_id.removeprefix(f"{PROVIDER}:") not in sql:
        return "the id that you were given is not in your query"
    return None


def why_refused(sql: str, event_id: str) -> str | None:
    """Return why Trino refused the query, if its text tells; None if only Trino knows."""
    if ";" in sql.strip().rstrip("; \n\t"):
        return "a query is one statement, without `;`"
    if not re.search(f"'[^']*{re.escape(event_id.removeprefix(f'{PROVIDER}:'))}'", sql):
        return "a text in SQL stands in single quotes: `'stripe:evt_…'`; double quotes are for names of columns"
    return None
