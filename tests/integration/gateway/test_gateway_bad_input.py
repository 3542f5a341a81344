"""The list of bad inputs, each sent to the running gateway; and what is in Kafka afterwards."""

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.contracts import topics
from services.gateway.bootstrap import bootstrap
from services.gateway.server import in_background
from services.gateway.settings import GatewaySettings
from services.gateway.signature import compute
from services.simulator.client import send
from services.simulator.events import wrap
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from stack.ports import free_port
from tests.integration.gateway.harness import GATEWAY_TOPICS, Reader, exchange, reading

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


@pytest.fixture
async def kafka() -> AsyncIterator[Reader]:
    async with reading(*GATEWAY_TOPICS) as reader:
        yield reader


def secret() -> str:
    return GatewaySettings().stripe.webhook_secret.get_secret_value()


def unsent() -> bytes:
    """A good event, which no test here may get accepted: its id is not in the ledger."""
    return json.dumps(wrap({"object": "customer", "id": f"cus_{uuid.uuid4().hex}"}, "customer.updated")).encode()


def unique(text: str) -> bytes:
    """JSON that is no event, with a member that tells it from all others."""
    return text.replace("UNIQUE", uuid.uuid4().hex).encode()


async def post(body: bytes, header: str | bytes | None = None, url: str | None = None) -> httpx.Response:
    headers = {} if header is None else {"stripe-signature": header}
    async with httpx.AsyncClient(base_url=url or GatewaySettings().url, timeout=30) as http:
        return await http.post("/webhooks/stripe", content=body, headers=headers)


async def is_400_and_kept_nowhere(kafka: Reader, body: bytes, header: str | bytes | None) -> None:
    response = await post(body, header)
    assert response.status_code == 400, response.text
    assert body not in {record.value for record in await kafka.by_now()}


async def is_400_and_in_the_dlq(kafka: Reader, body: bytes) -> None:
    response = await post(body, sign(body, secret(), int(time.time())))
    assert response.status_code == 400, response.text
    assert topics.WEBHOOK_DLQ in {record.topic for record in await kafka.by_now() if record.value == body}


async def test_header_missing(kafka: Reader) -> None:
    await is_400_and_kept_nowhere(kafka, unsent(), None)


@pytest.mark.parametrize("header", ["", "hello", "t=,v1=", "v1=abc", "t=now,v1=abc", "t=1;v1=abc", "t=1,v1=abc,"])
async def test_header_malformed(kafka: Reader, header: str) -> None:
    await is_400_and_kept_nowhere(kafka, unsent(), header)


async def test_only_v0(kafka: Reader) -> None:
    body, now = unsent(), int(time.time())
    await is_400_and_kept_nowhere(kafka, body, f"t={now},v0={compute(body, secret(), now)}")


async def test_two_v1_of_which_one_is_good_is_200(kafka: Reader) -> None:
    event = wrap({"object": "customer", "id": "cus_1"}, "customer.updated")
    body, now = json.dumps(event).encode(), int(time.time())
    for signatures in ("v1=" + "0" * 64 + ",v1={}", "v1={},v1=" + "0" * 64):
        response = await post(body, f"t={now}," + signatures.format(compute(body, secret(), now)))
        assert response.status_code == 200
    assert [record.value for record in await kafka.by_now()].count(body) == 2
    assert (await send([event])).ok  # into the sender's ledger


@pytest.mark.parametrize("position", [0, 30, -1])
async def test_one_byte_altered(kafka: Reader, position: int) -> None:
    body = unsent()
    header = sign(body, secret(), int(time.time()))
    altered = bytearray(body)
    altered[position] ^= 1
    await is_400_and_kept_nowhere(kafka, bytes(altered), header)


async def test_reserialised_equal_json(kafka: Reader) -> None:
    body = unsent()
    header = sign(body, secret(), int(time.time()))
    await is_400_and_kept_nowhere(kafka, json.dumps(json.loads(body), separators=(",", ":")).encode(), header)


async def test_older_than_300_s(kafka: Reader) -> None:
    body = unsent()
    await is_400_and_kept_nowhere(kafka, body, sign(body, secret(), int(time.time()) - 302))


async def test_further_than_300_s_in_the_future(kafka: Reader) -> None:
    body = unsent()
    await is_400_and_kept_nowhere(kafka, body, sign(body, secret(), int(time.time()) + 330))


async def test_spaces_after_commas(kafka: Reader) -> None:
    body = unsent()
    await is_400_and_kept_nowhere(kafka, body, sign(body, secret(), int(time.time())).replace(",", ", "))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
async def test_non_ascii_v1_beside_a_good_one(kafka: Reader, encoding: str) -> None:
    body = unsent()
    await is_400_and_kept_nowhere(kafka, body, f"{sign(body, secret(), int(time.time()))},v1=é".encode(encoding))


async def test_two_t(kafka: Reader) -> None:
    body, now = unsent(), int(time.time())
    await is_400_and_kept_nowhere(kafka, body, f"t={now},{sign(body, secret(), now)}")


async def test_two_headers_of_which_one_is_good(kafka: Reader) -> None:
    body = unsent()
    headers = [("stripe-signature", sign(body, secret(), int(time.time()))), ("stripe-signature", "t=1,v1=abc")]
    async with httpx.AsyncClient(base_url=GatewaySettings().url, timeout=30) as http:
        assert (await http.post("/webhooks/stripe", content=body, headers=headers)).status_code == 400
    assert body not in {record.value for record in await kafka.by_now()}


async def test_signed_invalid_utf_8(kafka: Reader) -> None:
    await is_400_and_in_the_dlq(kafka, unique('{"a": "UNIQUE') + b'\xff"}')


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'"x"'])
async def test_signed_json_that_is_no_event(kafka: Reader, body: bytes) -> None:
    await is_400_and_in_the_dlq(kafka, body)


async def test_signed_wrong_types(kafka: Reader) -> None:
    await is_400_and_in_the_dlq(kafka, unique('{"object": "event", "id": 1, "type": ["UNIQUE"], "data": 3}'))


async def test_signed_not_json(kafka: Reader) -> None:
    await is_400_and_in_the_dlq(kafka, unique("hello UNIQUE"))


async def test_signed_nan(kafka: Reader) -> None:
    await is_400_and_in_the_dlq(kafka, unique('{"a": NaN, "b": "UNIQUE"}'))


async def test_signed_30_digit_integer(kafka: Reader) -> None:
    await is_400_and_in_the_dlq(kafka, unique(f'{{"a": {"1" * 30}, "b": "UNIQUE"}}'))


async def test_signed_duplicate_keys(kafka: Reader) -> None:
    event = unsent().decode()
    await is_400_and_in_the_dlq(
        kafka, event.replace('"object": "event"', '"object": "event", "object": "event"').encode()
    )


async def test_signed_100_000_deep_nesting(kafka: Reader) -> None:
    body = unsent().replace(b'"data"', b'"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b', "data"')
    await is_400_and_in_the_dlq(kafka, body)


async def test_unknown_type_is_200_and_unrouted(kafka: Reader) -> None:
    event = wrap({"object": "customer", "id": "cus_1"}, "not.a.type.of.stripes")
    assert (await send([event])).ok
    written = {record.topic for record in await kafka.by_now() if json.loads(record.value).get("id") == event["id"]}
    assert written == {topics.UNROUTED}


@pytest.mark.parametrize("size", [2**20 + 1, 20 * 2**20])
async def test_oversized(kafka: Reader, size: int) -> None:
    body = unsent().ljust(size)
    assert (await post(body, sign(body, secret(), int(time.time())))).status_code == 413
    assert await the_next_one_is_fine(kafka) == 1


async def test_larger_than_kafkas_own_limit(kafka: Reader) -> None:
    body = unsent().ljust(2**21 + 1)
    settings = GatewaySettings(url=f"http://127.0.0.1:{free_port()}", max_body_bytes=2**22)
    with in_background(bootstrap(settings), settings) as url:
        response = await post(body, sign(body, secret(), int(time.time())), url)
        assert response.status_code == 413
        assert response.json()["error"] == "the record is larger than Kafka's limit of 2097152 bytes"
        assert await the_next_one_is_fine(kafka, SimulatorSettings(gateway_url=url)) == 1


async def test_lying_content_length_less_than_is_sent(kafka: Reader) -> None:
    body = unsent()
    answer = exchange(GatewaySettings().url, head(body, length=len(body) - 10), body)
    assert answer.startswith(b"HTTP/1.1 400")  # what is left over is refused as a second request
    assert answer.count(b"HTTP/1.1 200") == 0
    assert await the_next_one_is_fine(kafka) == 1


async def test_lying_content_length_more_than_is_sent(kafka: Reader) -> None:
    body = unsent()
    settings = GatewaySettings(url=f"http://127.0.0.1:{free_port()}", body_timeout_s=0.3)
    with in_background(bootstrap(settings), settings) as url:
        for length in (len(body) + 1, 2**50):
            assert exchange(url, head(body, length=length), body).startswith(b"HTTP/1.1 408")
        exchange(url, head(body, length=len(body) + 1), body, hang_up=True)
    assert body not in {record.value for record in await kafka.by_now()}


async def test_slow_body(kafka: Reader) -> None:
    body = unsent()
    settings = GatewaySettings(url=f"http://127.0.0.1:{free_port()}", body_timeout_s=0.3)
    with in_background(bootstrap(settings), settings) as url:
        answer = exchange(url, head(body, length=len(body)), body[:10])
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer
    assert body not in {record.value for record in await kafka.by_now()}


async def test_a_head_that_does_not_end() -> None:
    answer = exchange(GatewaySettings().url, b"POST /webhooks/stripe HTTP/1.1\r\nx: " + b"x" * 100_000)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"larger than 65536 bytes" in answer


def head(body: bytes, *, length: int) -> bytes:
    signature = sign(body, secret(), int(time.time()))
    return (
        f"POST /webhooks/stripe HTTP/1.1\r\nhost: gateway\r\nstripe-signature: {signature}\r\n"
        f"content-length: {length}\r\n\r\n"
    ).encode()


async def the_next_one_is_fine(kafka: Reader, settings: SimulatorSettings | None = None) -> int:
    """Send a good event; return how many records there are since the test began."""
    event: dict[str, Any] = wrap({"object": "customer", "id": "cus_1"}, "customer.updated")
    assert (await send([event], settings=settings)).ok
    ours = [record for record in await kafka.by_now() if b'"cus_' in record.value]
    assert json.loads(ours[-1].value)["id"] == event["id"]
    return len(ours)
