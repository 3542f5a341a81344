"""Everything about this clone's platform, resolved once: ports, secrets, the catalog in use, the environment."""

import json
import shlex
from dataclasses import asdict, dataclass, replace

from services.contracts.settings import state_dir
from stack.errors import StackError
from stack.manifest import specs
from stack.paths import write_private
from stack.secrets import Secrets, load_secrets

LOCALHOST = "127.0.0.1"
MAX_PORT = 65535


@dataclass(frozen=True)
class Choices:
    """What the learner chose, or the platform found, at the first start; kept until `lakehouse reset`."""

    port_offset: int = 0
    catalog: str = ""
    backend: str = "native"

    @classmethod
    def load(cls) -> "Choices":
        """Return the choices kept in this clone's state, else the defaults."""
        path = state_dir() / "choices.json"
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else cls()

    def save(self) -> None:
        """Keep these choices."""
        write_private(state_dir() / "choices.json", json.dumps(asdict(self)))


@dataclass(frozen=True)
class Context:
    """The resolved settings of this clone's platform."""

    choices: Choices
    secrets: Secrets

    @classmethod
    def load(cls, port_offset: int | None = None) -> "Context":
        """Return the context, with another offset if one is given. Raises StackError if that is no port offset."""
        choices = Choices.load()
        if port_offset is not None:
            highest = max(port for spec in specs().values() for port in spec.ports.values())
            if not 0 <= port_offset <= MAX_PORT - highest:
                raise StackError(f"A port offset of {port_offset} is not possible.", f"Use 0 to {MAX_PORT - highest}.")
            choices = replace(choices, port_offset=port_offset)
        return cls(choices=choices, secrets=load_secrets())

    def port(self, server: str, port: str) -> int:
        """Return a port with the offset added."""
        return specs()[server].ports[port] + self.choices.port_offset

    def url(self, server: str, port: str) -> str:
        """Return the http URL of a port on this machine."""
        return f"http://{LOCALHOST}:{self.port(server, port)}"

    def environment(self) -> dict[str, str]:
        """Return the variables that services, dbt, Dagster and labs read. Secrets included."""
        polaris = self.choices.catalog == "polaris"
        secrets = self.secrets
        catalog_uri = self.url("catalog", "api") + ("/api/catalog" if polaris else "")
        credential = f"root:{secrets.polaris_secret}" if polaris else ""
        s3_endpoint = self.url("minio", "api")
        variables = {
            "POSTGRES_HOST": LOCALHOST,
            "POSTGRES_PORT": str(self.port("postgres", "sql")),
            "POSTGRES_USER": "payments",
            "POSTGRES_PASSWORD": "payments",
            "POSTGRES_DB": "payments",
            "KAFKA_BOOTSTRAP_SERVERS": f"{LOCALHOST}:{self.port('kafka', 'broker')}",
            "STRIPE_WEBHOOK_SECRET": secrets.webhook_secret,
            "GATEWAY_URL": self.url("gateway", "http"),
            "INFERENCE_URL": self.url("inference", "http"),
            "TEMPORAL_ADDRESS": f"{LOCALHOST}:{self.port('temporal', 'grpc')}",
            "S3_ENDPOINT": s3_endpoint,
            "S3_ACCESS_KEY": secrets.minio_user,
            "S3_SECRET_KEY": secrets.minio_password,
            "CATALOG_URI": catalog_uri,
            "CATALOG_CREDENTIAL": credential,
            "TRINO_HOST": LOCALHOST,
            "TRINO_PORT": str(self.port("trino", "http")),
            "MLFLOW_TRACKING_URI": self.url("mlflow", "http"),
        }
        pyiceberg = {"TYPE": "rest", "URI": catalog_uri}
        if polaris:
            pyiceberg |= {
                "CREDENTIAL": credential,
                "SCOPE": "PRINCIPAL_ROLE:ALL",
                "WAREHOUSE": "lakehouse",
                "OAUTH2_SERVER_URI": f"{catalog_uri}/v1/oauth/tokens",
                "HEADER__X_ICEBERG_ACCESS_DELEGATION": "vended-credentials",
            }
        else:
            pyiceberg |= {
                "S3__ENDPOINT": s3_endpoint,
                "S3__ACCESS_KEY_ID": secrets.minio_user,
                "S3__SECRET_ACCESS_KEY": secrets.minio_password,
                "S3__REGION": "us-east-1",
            }
        return variables | {f"PYICEBERG_CATALOG__LAKEHOUSE__{key}": value for key, value in pyiceberg.items()}

    def write_environment(self) -> None:
        """Write `platform.env`, which every service, lab and dbt run of this clone reads."""
        lines = [f"{name}={shlex.quote(value)}" for name, value in self.environment().items()]
        write_private(state_dir() / "platform.env", "\n".join([*lines, ""]))
