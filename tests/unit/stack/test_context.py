from dataclasses import replace
from pathlib import Path

import pytest

from services.contracts.settings import Catalog, Kafka, ObjectStore, Postgres, Stripe, Temporal, Trino
from stack import lifecycle
from stack.context import Context
from stack.errors import StackError

pytestmark = pytest.mark.usefixtures("state")

NAMED = {
    "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "KAFKA_BOOTSTRAP_SERVERS",
    "STRIPE_WEBHOOK_SECRET", "GATEWAY_URL", "INFERENCE_URL", "TEMPORAL_ADDRESS", "S3_ENDPOINT", "S3_ACCESS_KEY",
    "S3_SECRET_KEY", "CATALOG_URI", "CATALOG_CREDENTIAL", "TRINO_HOST", "TRINO_PORT", "MLFLOW_TRACKING_URI",
}  # fmt: skip


def test_the_environment_has_the_names_of_the_contract() -> None:
    assert set(Context.load().environment()) >= NAMED


def test_an_offset_moves_every_address_and_is_kept() -> None:
    plain = Context.load().environment()
    lifecycle.keep(Context.load(port_offset=100))
    moved = Context.load().environment()
    assert (plain["TRINO_PORT"], moved["TRINO_PORT"]) == ("8080", "8180")
    assert moved["GATEWAY_URL"] == "http://127.0.0.1:8100"
    assert moved["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:9192"


@pytest.mark.parametrize("offset", [-1, 60000])
def test_an_offset_beyond_the_ports_is_refused(offset: int) -> None:
    with pytest.raises(StackError, match="not possible"):
        Context.load(port_offset=offset)


def test_services_read_what_the_platform_wrote(state: Path) -> None:
    context = Context.load(port_offset=7)
    context.write_environment()
    assert (state / "platform.env").stat().st_mode & 0o777 == 0o600
    assert Postgres().port == 5439
    assert Kafka().bootstrap_servers == "127.0.0.1:9099"
    assert Trino().port == 8087
    assert Temporal().address == "127.0.0.1:7240"
    assert Stripe().webhook_secret.get_secret_value() == context.secrets.webhook_secret
    assert ObjectStore().secret_key.get_secret_value() == context.secrets.minio_password


def test_the_credential_tells_which_catalog_it_is() -> None:
    for kind in ("polaris", "reference"):
        context = Context.load()
        replace(context, choices=replace(context.choices, catalog=kind)).write_environment()
        assert Catalog().kind == kind


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Context.load().write_environment()
    monkeypatch.setenv("TRINO_PORT", "1234")
    assert Trino().port == 1234
