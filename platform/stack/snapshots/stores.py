"""What a snapshot consists of: the folders that hold state, and the servers that must stand still while it is taken."""

from collections.abc import Collection, Mapping
from typing import Final

from stack.context import Context
from stack.manifest import specs
from stack.servers.registry import server

# Servers whose data a snapshot holds. Trino keeps none: its folder is configuration.
SERVERS: Final = ("postgres", "minio", "kafka", "temporal", "catalog")
# Below the state. The ledger says what was accepted, Dagster what it ran: they belong to the same moment.
FOLDERS: Final = (*(f"data/{name}" for name in SERVERS), "ledger", "dagster")
# PostgreSQL's note of the process that has its folder open: of a stopped server it is a leftover.
LEFT_OUT: Final = frozenset({"postmaster.pid"})


def versions(context: Context) -> Mapping[str, str]:
    """Return the version of each server whose data format a snapshot depends on."""
    return {name: server(name, context).version for name in SERVERS}


def to_stop(running: Collection[str], context: Context) -> tuple[str, ...]:
    """Return which of these processes must stop: all but those that neither write nor remember anything.

    Each store could be copied while it runs, but not all of them at the same moment, and a payment that is in two of
    them or in none is what the course teaches to avoid. Trino remembers a token where the catalog is Polaris.
    """
    bystanders = {"toxiproxy"} if context.choices.catalog == "polaris" else {"toxiproxy", "trino"}
    return tuple(name for name in specs() if name in running and name not in bystanders)
