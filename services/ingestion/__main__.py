"""`python -m services.ingestion`: one batch, headlessly: bronze to Iceberg, then dbt. Exits 0 only if all passed."""

import sys

from services.contracts import logs
from services.ingestion.batch import run
from services.ingestion.bootstrap import bootstrap
from services.ingestion.settings import IngestionSettings


def main() -> int:
    """Run one batch, print its summary and return the exit code."""
    logs.configure("ingestion")
    summary = run(bootstrap(IngestionSettings()))
    print(summary.text())  # noqa: T201 - the command's own output
    return 0 if summary.succeeded else 1


if __name__ == "__main__":
    sys.exit(main())
