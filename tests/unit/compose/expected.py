"""What platform/servers.toml means where servers find each other by name: in a compose network, in a namespace."""

from collections.abc import Mapping

from stack.manifest import specs


def address(server: str, port: str) -> str:
    spec = specs()[server]
    return f"{spec.host}:{spec.ports[port]}"


def addresses() -> Mapping[str, str]:
    """The variables of `lakehouse env` that hold no secret, with the addresses inside the network."""
    postgres, trino = specs()["postgres"], specs()["trino"]
    return {
        "POSTGRES_HOST": postgres.host,
        "POSTGRES_PORT": str(postgres.ports["sql"]),
        "POSTGRES_USER": "payments",
        "POSTGRES_DB": "payments",
        "KAFKA_BOOTSTRAP_SERVERS": address("kafka", "broker"),
        "GATEWAY_URL": f"http://{address('gateway', 'http')}",
        "INFERENCE_URL": f"http://{address('inference', 'http')}",
        "TEMPORAL_ADDRESS": address("temporal", "grpc"),
        "S3_ENDPOINT": f"http://{address('minio', 'api')}",
        "CATALOG_URI": f"http://{address('catalog', 'api')}/api/catalog",
        "TRINO_HOST": trino.host,
        "TRINO_PORT": str(trino.ports["http"]),
        "MLFLOW_TRACKING_URI": f"http://{address('mlflow', 'http')}",
    }
