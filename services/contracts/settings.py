"""Where each server is, resolved once: the environment first, else what `lakehouse up` wrote for this clone.

The names are those that `lakehouse env` prints. Every URL in services, dbt, labs and user interfaces follows from here,
so that `--port-offset` needs no second edit anywhere.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.contracts.errors import LakehouseError

REPOSITORY = Path(__file__).resolve().parents[2]


def state_dir() -> Path:
    """Return the folder that holds this clone's running state (`LAKEHOUSE_STATE`, else `.lakehouse` in the clone)."""
    return Path(os.environ.get("LAKEHOUSE_STATE") or REPOSITORY / ".lakehouse").resolve()


def platform_env_file() -> Path:
    """Return the file of NAME=value lines that `lakehouse up` writes (mode 0600)."""
    return state_dir() / "platform.env"


class UnknownSettingError(LakehouseError):
    """An environment variable carries a service's prefix but names no setting of that service."""


class Settings(BaseSettings):
    """One prefix of environment variables. The environment wins over `platform.env`, that over the defaults."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - pydantic's own signature
        """Read the settings; `values` override every source."""
        self._refuse_unknown()
        super().__init__(_env_file=platform_env_file(), **values)

    @classmethod
    def _refuse_unknown(cls) -> None:
        prefix = str(cls.model_config.get("env_prefix", "")).upper()
        known = {f"{prefix}{name}".upper() for name in cls.model_fields}
        unknown = sorted(name for name in os.environ if prefix and name.startswith(prefix) and name not in known)
        if unknown:
            message = f"{unknown[0]} is not a setting; those with this prefix are {', '.join(sorted(known))}"
            raise UnknownSettingError(message)


class PlatformSettings(Settings):
    """Addresses of servers. Other programs use such prefixes too (`KAFKA_HOME`), so unknown names are no error here."""

    @classmethod
    def _refuse_unknown(cls) -> None:
        pass


class Postgres(PlatformSettings):
    """The bronze database."""

    model_config = SettingsConfigDict(env_prefix="POSTGRES_")
    host: str = "127.0.0.1"
    port: int = 5432
    user: str = "payments"
    password: SecretStr = SecretStr("payments")
    db: str = "payments"

    @property
    def dsn(self) -> str:
        """A libpq URI, password included: for drivers, never for a log."""
        return f"postgresql://{self.user}:{self.password.get_secret_value()}@{self.host}:{self.port}/{self.db}"


class Kafka(PlatformSettings):
    """The Kafka cluster. `copies` is on how many brokers a topic's partition is kept; a cluster has more than one."""

    model_config = SettingsConfigDict(env_prefix="KAFKA_")
    bootstrap_servers: str = "127.0.0.1:9092"
    copies: int = Field(default=1, gt=0)


class Stripe(PlatformSettings):
    """What Stripe and the gateway share."""

    model_config = SettingsConfigDict(env_prefix="STRIPE_")
    webhook_secret: SecretStr


class ObjectStore(PlatformSettings):
    """MinIO, spoken to as S3."""

    model_config = SettingsConfigDict(env_prefix="S3_")
    endpoint: str = "http://127.0.0.1:9000"
    access_key: str
    secret_key: SecretStr
    region: str = "us-east-1"
    bucket: str = "lakehouse"


class Catalog(PlatformSettings):
    """The Iceberg REST catalog: Polaris, or the reference catalog, which takes no credential."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")
    uri: str = "http://127.0.0.1:8181/api/catalog"
    credential: SecretStr = SecretStr("")
    warehouse: str = "lakehouse"

    @property
    def kind(self) -> str:
        """Which catalog this is: `polaris` or `reference`."""
        return "polaris" if self.credential.get_secret_value() else "reference"


class Trino(PlatformSettings):
    """The query engine."""

    model_config = SettingsConfigDict(env_prefix="TRINO_")
    host: str = "127.0.0.1"
    port: int = 8080
    user: str = "lakehouse"
    catalog: str = "lakehouse"
    schema_name: str = Field(default="data")


class Temporal(PlatformSettings):
    """The workflow server."""

    model_config = SettingsConfigDict(env_prefix="TEMPORAL_")
    address: str = "127.0.0.1:7233"
    namespace: str = "default"
    task_queue: str = "payments"
