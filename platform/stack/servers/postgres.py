"""PostgreSQL: the bronze database, and Polaris's own."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from services.contracts.settings import REPOSITORY
from stack.errors import StackError
from stack.install.postgres import as_nobody, programs
from stack.paths import PLATFORM
from stack.servers.base import Program, Server

USER = PASSWORD = "payments"  # noqa: S105 - the documented local default
DATABASES = ("payments", "polaris", "mlflow")


class Postgres(Server):
    """One PostgreSQL server, reached by TCP only."""

    def prepare(self) -> None:
        """Create the data folder with its one user.

        It is made beside its place and moved there once it is whole: what an interrupted initdb leaves can be started,
        and has no databases. Its own processes may outlive it for a moment, so each attempt has a folder of its own.
        """
        if self.data.exists():
            return
        self.data.parent.mkdir(parents=True, exist_ok=True)
        for abandoned in self.data.parent.glob(f"{self.data.name}.*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        new = Path(tempfile.mkdtemp(dir=self.data.parent, prefix=f"{self.data.name}."))
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(PASSWORD)
            password.flush()
            options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", f"--username={USER}")
            made = subprocess.run(
                [*as_nobody(), programs() / "initdb", *options, f"--pwfile={password.name}", "-D", new],
                capture_output=True,
                text=True,
                check=False,
            )
        if made.returncode:
            shutil.rmtree(new, ignore_errors=True)
            raise StackError(f"PostgreSQL could not create its data folder: {made.stderr.strip()[-400:]}")
        new.rename(self.data)

    def program(self) -> Program:
        """Return the server's process; SIGINT is PostgreSQL's fast shutdown."""
        config = PLATFORM / "postgres" / "postgresql.conf"
        settings = ("-c", f"config_file={config}", "-c", f"hba_file={self.data / 'pg_hba.conf'}")
        port = ("-p", str(self.context.port("postgres", "sql")))
        command: tuple[str | Path, ...] = (programs() / "postgres", "-D", self.data, *settings, *port)
        return Program((*as_nobody(), *command), self.data, stop_signal="INT")

    def provision(self) -> None:
        """Create the databases, and bring bronze's tables to their newest version."""
        port = self.context.port("postgres", "sql")
        with psycopg.connect(
            host="127.0.0.1", port=port, user=USER, password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for name in set(DATABASES) - there:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        migrated = subprocess.run(
            [sys.executable, "-m", "services.contracts.bronze"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        if migrated.returncode:
            raise StackError(f"The bronze database could not be migrated:\n{migrated.stderr.strip()[-600:]}")
