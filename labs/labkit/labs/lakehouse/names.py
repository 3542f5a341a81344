"""What everything of this lab is called, so that it touches nothing of the platform's own."""

import secrets
from typing import Final

BUCKET: Final = "lab01"
CATALOG: Final = "lab01"
"""The catalog's name: in Polaris, where the reference catalog has but one, and in Trino."""
NAMESPACE: Final = "lab01"
PRINCIPAL: Final = "lab01_cafe"
WAREHOUSE: Final = f"s3://{BUCKET}/warehouse"
TABLE: Final = f"{NAMESPACE}.payments"


def own(what: str) -> str:
    """Return a name that nobody has used, for what a check makes and takes away again."""
    return f"check_{what}_{secrets.token_hex(3)}"


def location(table: str) -> str:
    """Return where the files of a table of this lab are."""
    return f"{WAREHOUSE}/{table.replace('.', '/')}"


def check_location(catalog: str) -> str:
    """Return where a check's own catalog may write: Polaris lets no two catalogs share a location."""
    return f"s3://{BUCKET}/checks/{catalog}"
