import json
from pathlib import Path

from stack.secrets import Secrets, load_secrets


def test_secrets_are_made_once(state: Path) -> None:
    assert load_secrets() == load_secrets()
    assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_two_clones_have_different_secrets() -> None:
    assert Secrets.generate().webhook_secret != Secrets.generate().webhook_secret


def test_secrets_do_not_show_themselves() -> None:
    secrets = Secrets.generate()
    assert secrets.webhook_secret not in repr(secrets)


def test_a_secret_that_an_older_version_lacked_is_added_and_the_others_stay(state: Path) -> None:
    first = load_secrets()
    file = state / "secrets.json"
    kept = json.loads(file.read_text())
    del kept["jupyter_token"]
    file.write_text(json.dumps(kept))
    second = load_secrets()
    assert second.webhook_secret == first.webhook_secret
    assert second.jupyter_token
