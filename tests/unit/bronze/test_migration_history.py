"""The history of migrations is one line, and a server that stays away is reported as such."""

import pytest
import stamina
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from services.contracts.bronze import migrate
from services.contracts.settings import Postgres


def test_the_history_has_one_base_and_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    history = ScriptDirectory.from_config(config)

    assert len(history.get_heads()) == 1
    assert len(history.get_bases()) == 1


def test_a_server_that_stays_away_is_an_error_without_the_password() -> None:
    away = Postgres(port=1, password="do-not-show-me")

    with stamina.set_testing(True, attempts=2), pytest.raises(OperationalError) as raised:
        migrate.upgrade(away)

    assert "do-not-show-me" not in str(raised.value)
