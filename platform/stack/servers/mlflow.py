"""MLflow: experiments, models and their versions; runs in PostgreSQL, files in MinIO."""

import sys
from importlib.metadata import version
from pathlib import Path

from stack.context import LOCALHOST
from stack.servers.base import Program, Server
from stack.servers.minio import BUCKET

DATABASE = "mlflow"


class MLflow(Server):
    """One tracking server with one worker. Clients reach files through it, so they need no keys of MinIO."""

    @property
    def version(self) -> str:
        """The installed version."""
        return version("mlflow")

    def program(self) -> Program:
        """Return the server's process. It makes its tables by itself, and telemetry and background jobs are off."""
        postgres = f"{LOCALHOST}:{self.context.port('postgres', 'sql')}"
        secrets = self.context.secrets
        environment = {
            "MLFLOW_BACKEND_STORE_URI": f"postgresql+psycopg://payments:payments@{postgres}/{DATABASE}",
            "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{BUCKET}/mlflow",
            "MLFLOW_S3_ENDPOINT_URL": self.context.url("minio", "api"),
            "AWS_ACCESS_KEY_ID": secrets.minio_user,
            "AWS_SECRET_ACCESS_KEY": secrets.minio_password,
            "AWS_DEFAULT_REGION": "us-east-1",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        address = ("--host", LOCALHOST, "--port", str(self.context.port("mlflow", "http")), "--workers", "1")
        return Program((Path(sys.executable).with_name("mlflow"), "server", *address), self.data, environment)
