import pytest

from stack.errors import StackError
from stack.manifest import servers, services, specs, with_needs
from stack.probes import PROBES


def test_every_port_is_given_once() -> None:
    ports = [port for spec in specs().values() for port in spec.ports.values()]
    assert len(ports) == len(set(ports))


def test_the_ports_are_those_of_the_contract() -> None:
    found = {name: tuple(specs()[name].ports.values()) for name in (*servers(), "gateway", "inference")}
    assert found == {
        "postgres": (5432,),
        "minio": (9000, 9001),
        "kafka": (9092, 9093, 9094),
        "temporal": (7233, 8233),
        "catalog": (8181, 8182),
        "trino": (8080,),
        "gateway": (8000,),
        "inference": (8001,),
    }


def test_every_probe_is_one_that_exists() -> None:
    assert {spec.probe["kind"] for spec in specs().values()} <= set(PROBES)


def test_a_server_brings_what_it_needs_and_in_start_order() -> None:
    assert [spec.name for spec in with_needs(("trino",))] == ["postgres", "minio", "catalog", "trino"]


def test_what_is_needed_starts_no_later_than_who_needs_it() -> None:
    assert all(specs()[need].order <= spec.order for spec in specs().values() for need in spec.needs)


def test_the_orchestrator_brings_another_service() -> None:
    assert "inference" in {spec.name for spec in with_needs(("orchestrator",))}
    assert "gateway" in services()


def test_what_is_on_demand_starts_by_its_name_only() -> None:
    assert "toxiproxy" in specs()
    assert "toxiproxy" not in {spec.name for spec in with_needs(servers())}
    assert [spec.name for spec in with_needs(("toxiproxy",))] == ["toxiproxy"]


def test_mlflow_is_on_demand_at_the_contracts_port() -> None:
    assert specs()["mlflow"].ports == {"http": 5000}
    assert "mlflow" not in servers()
    assert [spec.name for spec in with_needs(("mlflow",))] == ["postgres", "minio", "mlflow"]


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(StackError, match="no server named 'kafak'") as raised:
        with_needs(("kafak",))
    assert "kafka" in raised.value.remedy
