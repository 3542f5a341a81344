"""Whatever is sent, the gateway answers as its table says; and accepts only what was really signed."""

import json
from contextlib import suppress
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe import SignatureVerificationError, WebhookSignature

from services.contracts import topics
from services.gateway import signature
from services.gateway.bootstrap import bootstrap
from services.gateway.errors import EventError, SignatureError
from services.gateway.signature import compute
from services.gateway.strict_json import decode, decode_exactly
from services.simulator.signing import sign
from tests.unit.gateway import harness
from tests.unit.gateway.harness import EVENT, NOW, SECRET, FakePublisher

BODY = json.dumps(EVENT).encode()
GOOD = compute(BODY, SECRET, NOW)

items = st.one_of(
    st.sampled_from([f"t={NOW}", f"v1={GOOD}", f"v0={GOOD}", "t=1", f"t={NOW + 301}", "v1=é", "", " v1=a", "=", ","]),
    st.text(max_size=12),
    st.builds(
        "{}={}".format, st.sampled_from(["t", "v0", "v1", " v1"]), st.text("0123456789abcdef_ +-=é", max_size=70)
    ),
)
headers = st.lists(items, max_size=5).map(",".join) | st.text(max_size=40)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(["id", "object", "type", "created", "data", "api_version"])
events = st.dictionaries(fields, json_values, max_size=3).map(lambda changes: EVENT | changes)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """An event, or nearly: changed in a field, in its spelling, or in any of its bytes."""
    value = draw(st.just(EVENT) | events | json_values)
    indent, ascii_only = draw(st.sampled_from([None, 2])), draw(st.booleans())
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        put = draw(st.sampled_from([b"", b" ", b'"', b"\\", b"{", b'"id":1,', b"\xff", b"9" * 30, b"NaN", b":"]))
        text = text[:start] + put + text[end:]
    return text


async def answer(body: bytes, header: bytes) -> tuple[int, list[str]]:
    """Return the status, and the topics that were written to."""
    publisher = FakePublisher()
    app = bootstrap(harness.settings(), publish=publisher, clock=lambda: float(NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        response = await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": header})
    return response.status_code, [record.topic for record in publisher.records]


@given(header=headers.map(str.encode) | st.binary(max_size=80))
@settings(deadline=None)
async def test_no_header_is_a_500_and_what_is_not_a_good_signature_leaves_nothing(header: bytes) -> None:
    status, written = await answer(BODY, header)
    if status == 200:
        assert f"v1={GOOD}".encode() in header.split(b",")
        assert written == [topics.PAYMENT_INTENT]
    else:
        assert (status, written) == (400, [])


@given(body=bodies())
@settings(deadline=None)
async def test_a_signed_body_is_an_event_or_a_dead_letter_and_never_a_500(body: bytes) -> None:
    status, written = await answer(body, sign(body, SECRET, NOW).encode())
    if status == 200:
        event = json.loads(body)
        assert event["id"].startswith("evt_")
        assert isinstance(event["data"]["object"], dict)
        assert written[0] != topics.WEBHOOK_DLQ
    else:
        assert (status, written) == (400, [topics.WEBHOOK_DLQ])


@given(signed=bodies(), sent=bodies())
@settings(deadline=None)
async def test_only_the_bytes_that_were_signed_are_kept(signed: bytes, sent: bytes) -> None:
    status, written = await answer(sent, sign(signed, SECRET, NOW).encode())
    assert bool(written) == (signed == sent)
    assert status in ({200, 400} if signed == sent else {400})


@given(header=headers)
@settings(deadline=None)
def test_what_we_accept_the_bare_stripe_library_accepts_too(header: str) -> None:
    with suppress(SignatureError):
        signature.verify(BODY, header, SECRET, float(NOW))
        assert WebhookSignature.verify_header(BODY.decode(), header, SECRET)


strict = st.from_regex(rf"v1={GOOD}|v1=[a-z0-9]{{1,64}}|v0=[a-z0-9]{{1,64}}", fullmatch=True)


@given(items=st.lists(strict, max_size=4), position=st.integers(0, 4))
@settings(deadline=None)
def test_on_a_well_formed_header_the_bare_stripe_library_and_we_agree(items: list[str], position: int) -> None:
    items.insert(position, f"t={NOW}")
    header = ",".join(items)
    try:
        theirs = WebhookSignature.verify_header(BODY.decode(), header, SECRET)
    except SignatureVerificationError:
        theirs = False
    try:
        signature.verify(BODY, header, SECRET, float(NOW))
        ours = True
    except SignatureError:
        ours = False
    assert ours == theirs


@given(body=bodies())
@settings(max_examples=500, deadline=None)
def test_the_short_cut_for_ordinary_events_decides_as_the_exact_decoder_does(body: bytes) -> None:
    verdicts = []
    for decoder in (decode, decode_exactly):
        try:
            verdicts.append(repr(decoder(body)))
        except EventError as error:
            verdicts.append(str(error))
    assert verdicts[0] == verdicts[1]
