"""Which class runs which entry of servers.toml."""

from collections.abc import Mapping

from stack.context import Context
from stack.manifest import specs
from stack.servers.base import Server
from stack.servers.dagster import Dagster
from stack.servers.kafka import Kafka
from stack.servers.minio import Minio
from stack.servers.mlflow import MLflow
from stack.servers.polaris import Polaris
from stack.servers.postgres import Postgres
from stack.servers.reference_catalog import ReferenceCatalog
from stack.servers.service import Service
from stack.servers.temporal import Temporal
from stack.servers.toxiproxy import Toxiproxy
from stack.servers.trino import Trino

SERVERS: Mapping[str, type[Server]] = {
    "postgres": Postgres,
    "minio": Minio,
    "kafka": Kafka,
    "temporal": Temporal,
    "trino": Trino,
    "dagster": Dagster,
    "mlflow": MLflow,
    "toxiproxy": Toxiproxy,
}
CATALOGS: Mapping[str, type[Server]] = {"polaris": Polaris, "reference": ReferenceCatalog}


def server(name: str, context: Context) -> Server:
    """Return the named server of this clone."""
    if name == "catalog":
        return CATALOGS[context.choices.catalog](name, context)
    return SERVERS.get(name, Service)(name, context)


def every_server(context: Context) -> list[Server]:
    """Return all servers and services in the order of servers.toml; without those that wait for a choice of catalog."""
    undecided = () if context.choices.catalog else ("catalog", "trino")
    return [server(name, context) for name in specs() if name not in undecided]
