"""Apache Polaris: the catalog, with principals, roles and vended credentials."""

import os
import shutil
import tarfile
from pathlib import Path

import httpx

from stack.errors import StackError
from stack.install.fetch import NotPublishedError, download
from stack.install.java import java
from stack.paths import PLATFORM, cache_dir
from stack.progress import Step
from stack.servers.base import Program, Server
from stack.servers.reference_catalog import create_namespace

REALM, CATALOG = "POLARIS", "lakehouse"


def runnable(home: Path) -> bool:
    """Tell whether a folder holds a Polaris: the official release, or a bare Quarkus application."""
    return (home / "bin" / "server").exists() or (home / "quarkus-run.jar").exists()


class Polaris(Server):
    """One Polaris whose catalog is kept in PostgreSQL."""

    @property
    def home(self) -> Path:
        """`LAKEHOUSE_POLARIS_HOME`, else the cache."""
        given = os.environ.get("LAKEHOUSE_POLARIS_HOME")
        return Path(given).expanduser() if given else cache_dir() / "servers" / "polaris" / self.spec.version

    def installed(self) -> bool:
        """Tell whether there is a Polaris to run."""
        return runnable(self.home)

    def install(self, step: Step) -> None:
        """Download the official release. Raises StackError where it cannot be had."""
        if "LAKEHOUSE_POLARIS_HOME" in os.environ:
            remedy = "It must hold bin/server or quarkus-run.jar. Unset it to use the cache or a download."
            raise StackError(f"LAKEHOUSE_POLARIS_HOME={self.home} holds no Polaris.", remedy)
        archive = self._download(step)
        unpacked = self.home.with_name(f".{self.spec.version}")
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
        (top,) = unpacked.iterdir()
        shutil.rmtree(self.home, ignore_errors=True)
        top.rename(self.home)
        unpacked.rmdir()
        archive.unlink()

    def _download(self, step: Step) -> Path:
        target = cache_dir() / "downloads" / f"polaris-{self.spec.version}.tgz"
        newest, every = self.spec.native["archives"]
        try:
            return download(newest, target, step)
        except NotPublishedError:  # a newer release took its place
            return download(every, target, step)

    def program(self) -> Program:
        """Return the server's process. What varies reaches application.properties through the environment."""
        secrets = self.context.secrets
        environment = {
            "POLARIS_BOOTSTRAP_CREDENTIALS": f"{REALM},root,{secrets.polaris_secret}",
            "POLARIS_HTTP_PORT": str(self.context.port("catalog", "api")),
            "POLARIS_MANAGEMENT_PORT": str(self.context.port("catalog", "management")),
            "POLARIS_JDBC_URL": f"jdbc:postgresql://127.0.0.1:{self.context.port('postgres', 'sql')}/polaris",
            "QUARKUS_CONFIG_LOCATIONS": (PLATFORM / "polaris" / "application.properties").as_uri(),
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": secrets.minio_user,
            "AWS_SECRET_ACCESS_KEY": secrets.minio_password,
        }
        options = (f"-Xmx{self.spec.heap_mib}m", "-XX:+UseSerialGC")
        if (self.home / "bin" / "server").exists():
            official = {"JAVA_HOME": str(java().parent.parent), "POLARIS_JAVA_OPTS": " ".join(options)}
            return Program((self.home / "bin" / "server",), self.data, environment | official)
        return Program((java(), *options, "-jar", self.home / "quarkus-run.jar"), self.data, environment)

    def provision(self) -> None:
        """Create the catalog that vends credentials, let its administrator manage content, and create the namespace."""
        base = self.context.url("catalog", "api") + "/api"
        form = {"grant_type": "client_credentials", "scope": "PRINCIPAL_ROLE:ALL"}
        with httpx.Client(base_url=base, timeout=30) as client:
            credential = {"client_id": "root", "client_secret": self.context.secrets.polaris_secret}
            token = client.post("/catalog/v1/oauth/tokens", data=form | credential).raise_for_status().json()
            client.headers["Authorization"] = f"Bearer {token['access_token']}"
            if client.get(f"/management/v1/catalogs/{CATALOG}").status_code == httpx.codes.NOT_FOUND:
                client.post("/management/v1/catalogs", json=self._catalog()).raise_for_status()
            grants = f"/management/v1/catalogs/{CATALOG}/catalog-roles/catalog_admin/grants"
            grant = {"grant": {"type": "catalog", "privilege": "CATALOG_MANAGE_CONTENT"}}
            client.put(grants, json=grant).raise_for_status()
        create_namespace()

    def _catalog(self) -> dict[str, object]:
        location = "s3://lakehouse/warehouse"
        storage = {
            "storageType": "S3",
            "allowedLocations": [location],
            "endpoint": self.context.url("minio", "api"),
            "pathStyleAccess": True,
            "region": "us-east-1",
            "kmsUnavailable": True,
        }
        properties = {"default-base-location": location, "polaris.config.drop-with-purge.enabled": "true"}
        return {
            "catalog": {"name": CATALOG, "type": "INTERNAL", "properties": properties, "storageConfigInfo": storage}
        }

    def wipe(self) -> None:
        """Nothing of its own: its catalog goes with PostgreSQL's data."""
        shutil.rmtree(self.data, ignore_errors=True)
