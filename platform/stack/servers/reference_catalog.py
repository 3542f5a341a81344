"""Apache Iceberg's own reference REST catalog: what there is where no Polaris can be had."""

from pathlib import Path

from stack.install.java import java
from stack.paths import cache_dir
from stack.progress import Step
from stack.servers.base import Program, Server

WARNING = (
    "The catalog is Apache Iceberg's reference REST catalog, since no Polaris was found: it has no authentication, no "
    "roles and no vended credentials, and it listens on every network interface of this machine."
)


class ReferenceCatalog(Server):
    """The reference catalog on a SQLite file."""

    @property
    def version(self) -> str:
        """Iceberg's version, named so that nobody takes it for Polaris's."""
        return f"reference {self._release}"

    @property
    def _release(self) -> str:
        return str(self.spec.native["reference"]["version"])

    @property
    def _jar(self) -> Path:
        name = "iceberg-open-api"
        return cache_dir() / "maven/org/apache/iceberg" / name / self._release / f"{name}-{self._release}.jar"

    def installed(self) -> bool:
        """Tell whether its one jar is in the cache."""
        return self._jar.exists()

    def install(self, step: Step) -> None:
        """Download the jar."""
        from stack.install import maven  # noqa: PLC0415 - jgo takes half a second to import

        maven.single(self.spec.native["reference"]["maven"][0], step)

    def program(self) -> Program:
        """Return the catalog's process. It turns CATALOG_A_B__C into the property a.b-c."""
        properties = {
            "CATALOG__IMPL": "org.apache.iceberg.jdbc.JdbcCatalog",
            # SQLite has one writer: with one connection nobody finds the file locked, which would be a 500.
            "URI": f"jdbc:sqlite:{self.data / 'catalog.db'}?journal_mode=WAL&busy_timeout=30000",
            "CLIENTS": "1",
            "JDBC_SCHEMA__VERSION": "V1",
            "WAREHOUSE": "s3://lakehouse/warehouse",
            "IO__IMPL": "org.apache.iceberg.aws.s3.S3FileIO",
            "S3_ENDPOINT": self.context.url("minio", "api"),
            "S3_PATH__STYLE__ACCESS": "true",
            "S3_ACCESS__KEY__ID": self.context.secrets.minio_user,
            "S3_SECRET__ACCESS__KEY": self.context.secrets.minio_password,
            "CLIENT_REGION": "us-east-1",
        }
        environment = {f"CATALOG_{name}": value for name, value in properties.items()}
        environment |= {"CATALOG_REST_PORT": str(self.context.port("catalog", "api")), "AWS_REGION": "us-east-1"}
        options = (f"-Xmx{self.spec.heap_mib}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        main = self.spec.native["reference"]["main"]
        return Program((java(), *options, "-cp", self._jar, main), self.data, environment)

    def provision(self) -> None:
        """Create the namespace of the course's tables."""
        create_namespace()


def create_namespace() -> None:
    """Create the namespace `data` in whichever catalog `platform.env` names."""
    from services.contracts import iceberg  # noqa: PLC0415 - pyiceberg takes a second to import

    iceberg.load().create_namespace_if_not_exists("data")
