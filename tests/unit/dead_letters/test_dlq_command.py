import pytest
from typer.testing import CliRunner

from stack.dead_letters.commands import app
from stack.errors import StackError


def error_of(*arguments: str) -> StackError:
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, StackError)
    return error


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay"],
        ["replay", "--dry-run"],
        ["replay", "webhooks.stripe.charge:0:1", "--all"],
        ["replay", "webhooks.stripe.charge:0:1", "--error-class", "KeyError"],
    ],
)
def test_a_replay_must_say_which_in_one_way(arguments: list[str]) -> None:
    assert error_of(*arguments).problem == "Say which: either ids, or --all, or --error-class."


def test_what_is_no_id_is_refused_before_anything_is_asked() -> None:
    assert error_of("show", "evt_1").problem == "'evt_1' is no dead letter's id."


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_a_limit_is_a_number_from_one(limit: str) -> None:
    assert CliRunner().invoke(app, ["list", "--limit", limit]).exit_code == 2


@pytest.mark.parametrize(
    "arguments", [["list"], ["show", "webhooks.stripe.charge:0:1"], ["replay", "--all"], ["replay", "a:0:1"]]
)
def test_without_kafka_every_command_says_so_and_what_starts_it(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    error = error_of(*arguments)
    assert error.problem == "Kafka at 127.0.0.1:1 did not answer: KafkaConnectionError."
    assert error.remedy == "`lakehouse up --only kafka` starts it."
