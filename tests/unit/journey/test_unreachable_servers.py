"""Each adapter, against a port where nobody listens, says so instead of failing."""

import socket
from collections.abc import Callable

import pytest

from services.contracts import iceberg
from services.contracts.settings import Catalog, Kafka, ObjectStore, Postgres, Temporal, Trino
from stack.journey.adapters.bronze import BronzeStage
from stack.journey.adapters.facts import FactsStage
from stack.journey.adapters.iceberg import IcebergStage
from stack.journey.adapters.kafka import KafkaStage
from stack.journey.adapters.temporal import TemporalStage
from stack.journey.errors import StageUnavailableError
from stack.journey.tracing import Probe


@pytest.fixture
def port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def lake(port: int) -> IcebergStage:
    store = ObjectStore(endpoint=f"http://127.0.0.1:{port}", access_key="key", secret_key="secret")
    return IcebergStage(lambda: iceberg.load(Catalog(uri=f"http://127.0.0.1:{port}", credential=""), store))


@pytest.mark.parametrize(
    "make",
    [
        lambda port: KafkaStage(Kafka(bootstrap_servers=f"127.0.0.1:{port}")),
        lambda port: TemporalStage(Temporal(address=f"127.0.0.1:{port}")),
        lambda port: BronzeStage(Postgres(host="127.0.0.1", port=port, password="secret")),
        lake,
        lambda port: FactsStage(Trino(host="127.0.0.1", port=port)),
    ],
    ids=["kafka", "temporal", "postgres", "iceberg", "trino"],
)
def test_a_server_that_is_down_could_not_be_asked(make: Callable[[int], Probe], port: int) -> None:
    with pytest.raises(StageUnavailableError) as refusal:
        make(port).look("stripe:evt_1")
    assert "secret" not in str(refusal.value)
