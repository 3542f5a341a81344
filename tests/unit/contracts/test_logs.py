import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

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


class Out(io.BytesIO):
    """Counts the writes."""

    writes = 0

    def write(self, data: Any) -> int:  # noqa: ANN401 - whatever bytes are
        self.writes += 1
        return super().write(data)


def test_a_line_outside_an_event_loop_is_written_at_once() -> None:
    out = Out()
    logs.Lines(out).msg(b"one")
    assert out.getvalue() == b"one\n"


async def test_the_lines_of_one_turn_of_the_event_loop_are_one_write_in_their_order() -> None:
    out = Out()
    lines = logs.Lines(out)
    for line in (b"one", b"two", b"three"):
        lines.info(line)
    assert out.writes == 0
    await asyncio.sleep(0)
    assert (out.writes, out.getvalue()) == (1, b"one\ntwo\nthree\n")
    lines.error(b"four")
    await asyncio.sleep(0)
    assert out.getvalue().endswith(b"three\nfour\n")


async def test_lines_of_other_threads_are_written_too() -> None:
    out = Out()
    lines = logs.Lines(out)
    lines.msg(b"loop")
    await asyncio.gather(*(asyncio.to_thread(lines.msg, b"thread") for _ in range(20)))
    assert sorted(out.getvalue().splitlines()) == [b"loop", *[b"thread"] * 20]


def test_lines_that_a_stopped_event_loop_left_are_written_in_the_end() -> None:
    out = Out()
    lines = logs.Lines(out)

    async def last_words() -> None:
        lines.msg(b"last")
        asyncio.get_running_loop().stop()

    loop = asyncio.new_event_loop()
    task = loop.create_task(last_words())
    loop.run_forever()
    lines.write_all()
    loop.close()
    assert task.done()
    assert out.getvalue() == b"last\n"
