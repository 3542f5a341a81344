"""MinIO: the object store that every table's files are in."""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from stack.install import golang
from stack.progress import Step
from stack.servers.base import Program, Server

BUCKET = "lakehouse"


class Minio(Server):
    """One MinIO server with one folder of data."""

    def installed(self) -> bool:
        """Tell whether it was built."""
        return (self.home / "minio").exists()

    def builds(self) -> bool:
        """MinIO is compiled: its project publishes no programs any more."""
        return True

    def install(self, step: Step) -> None:
        """Build it with Go."""
        golang.install(self.spec.native["go"], self.home / "minio", step)

    def program(self) -> Program:
        """Return the server's process, on this machine's own address only."""
        host = "127.0.0.1"
        ports = {name: self.context.port("minio", name) for name in ("api", "console")}
        addresses = ("--address", f"{host}:{ports['api']}", "--console-address", f"{host}:{ports['console']}")
        environment = {
            "MINIO_ROOT_USER": self.context.secrets.minio_user,
            "MINIO_ROOT_PASSWORD": self.context.secrets.minio_password,
            "MINIO_UPDATE": "off",
            "GOMEMLIMIT": f"{self.spec.memory_mib}MiB",
        }
        return Program((self.home / "minio", "server", *addresses, self.data), self.data, environment)

    def provision(self) -> None:
        """Create the bucket."""
        s3 = boto3.client(
            "s3",
            endpoint_url=self.context.url("minio", "api"),
            aws_access_key_id=self.context.secrets.minio_user,
            aws_secret_access_key=self.context.secrets.minio_password,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )
        try:
            s3.head_bucket(Bucket=BUCKET)
        except ClientError:
            s3.create_bucket(Bucket=BUCKET)
