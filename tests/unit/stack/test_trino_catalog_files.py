from pathlib import Path

import pytest

from stack.context import Choices, Context
from stack.paths import PLATFORM
from stack.secrets import Secrets
from stack.servers.trino import Trino

KINDS = ("polaris", "reference")


@pytest.fixture(params=KINDS)
def trino(request: pytest.FixtureRequest, state: Path) -> Trino:  # noqa: ARG001 - asked for its folder
    server = Trino("trino", Context(Choices(catalog=request.param), Secrets.generate()))
    server.prepare()
    return server


def test_trino_finds_the_catalog_in_use_below_the_folder_that_it_runs_in(trino: Trino) -> None:
    written = trino.program().directory / "etc" / "catalog" / "lakehouse.properties"
    ours = PLATFORM / "trino" / "catalog" / trino.context.choices.catalog / "lakehouse.properties"

    assert written.read_text() == ours.read_text()


def test_a_catalog_may_be_added_without_a_restart_and_is_still_there_after_one(trino: Trino) -> None:
    added = trino.data / "etc" / "catalog" / "lab01.properties"
    added.write_text("connector.name=iceberg\n")
    trino.prepare()

    assert "-Dcatalog.management=dynamic" in trino.program().command
    assert added.exists()
