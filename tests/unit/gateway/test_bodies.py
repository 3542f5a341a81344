import pytest
from starlette.types import Message, Receive

from services.gateway.body import Bodies
from services.gateway.errors import BodyTooLargeError, BusyError, ClientGoneError


def receiving(*messages: Message) -> Receive:
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return receive


def chunk(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": data, "more_body": more}


@pytest.fixture
def bodies() -> Bodies:
    return Bodies(max_bytes=6, max_total_bytes=10, timeout_s=5)


async def test_a_body_in_parts_is_put_together(bodies: Bodies) -> None:
    assert await bodies.read(receiving(chunk(b"ab", more=True), chunk(b"", more=True), chunk(b"c"))) == b"abc"


async def test_a_request_without_a_body_has_an_empty_one(bodies: Bodies) -> None:
    assert await bodies.read(receiving({"type": "http.request"})) == b""


async def test_what_is_held_is_counted_until_it_is_given_back(bodies: Bodies) -> None:
    body = await bodies.read(receiving(chunk(b"abc", more=True), chunk(b"d")))
    assert bodies.held_bytes == 4
    bodies.release(body)
    assert bodies.held_bytes == 0


async def test_all_bodies_together_are_bounded(bodies: Bodies) -> None:
    first = await bodies.read(receiving(chunk(b"abcdef")))
    with pytest.raises(BusyError, match="10 bytes"):
        await bodies.read(receiving(chunk(b"abc", more=True), chunk(b"de")))
    assert bodies.held_bytes == 6
    bodies.release(first)
    assert await bodies.read(receiving(chunk(b"abcde"))) == b"abcde"


async def test_a_refused_body_is_not_held(bodies: Bodies) -> None:
    with pytest.raises(BodyTooLargeError):
        await bodies.read(receiving(chunk(b"abcd", more=True), chunk(b"efg", more=True)))
    with pytest.raises(ClientGoneError):
        await bodies.read(receiving(chunk(b"abcd", more=True), {"type": "http.disconnect"}))
    assert bodies.held_bytes == 0
