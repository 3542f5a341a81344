"""Migrate the bronze database: `python -m services.contracts.bronze [upgrade|downgrade] [revision]`."""

import argparse

from services.contracts.bronze import migrate
from services.contracts.settings import Postgres

DEFAULT_REVISION = {"upgrade": "head", "downgrade": "-1"}


def main() -> None:
    """Without arguments, upgrade to head. A downgrade names its revision; `base` removes every table."""
    parser = argparse.ArgumentParser(prog="python -m services.contracts.bronze", description=__doc__)
    parser.add_argument("direction", nargs="?", choices=DEFAULT_REVISION, default="upgrade")
    parser.add_argument("revision", nargs="?", help="a revision, `head`, `base`, or a step such as -1")
    chosen = parser.parse_args()
    move = migrate.upgrade if chosen.direction == "upgrade" else migrate.downgrade
    move(Postgres(), chosen.revision or DEFAULT_REVISION[chosen.direction])


if __name__ == "__main__":
    main()
