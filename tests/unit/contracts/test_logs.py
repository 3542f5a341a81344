import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from services.contracts import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_every_line_is_one_json_object_that_names_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway")
    structlog.get_logger().info("accepted", event_id="stripe:evt_1", topic="é\n")
    logging.getLogger("uvicorn.error").info("Started %s", "here")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["accepted", "Started here"]
    assert {line["service"] for line in lines} == {"gateway"}
    assert {line["level"] for line in lines} == {"info"}
    assert lines[0]["event_id"] == "stripe:evt_1"
    assert lines[1]["logger"] == "uvicorn.error"
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_an_exception_is_within_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway")
    try:
        int("oh")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("failed")
    [line] = capsys.readouterr().out.splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_chatty_libraries_are_heard_from_warning_on(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("gateway")
    logging.getLogger("aiokafka.producer").info("chat")
    structlog.get_logger().debug("chat")
    logging.getLogger("aiokafka.producer").warning("trouble")
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["trouble"]
