"""The reference and the default verifier, which must agree on everything."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway import signature, stripe_signature
from services.gateway.errors import SignatureError
from services.gateway.signature import compute, parse_header
from services.simulator.signing import sign

SECRET = "whsec_unit"
NOW = 1_790_000_000
BODY = b'{"id": "evt_1"}'
GOOD = compute(BODY, SECRET, NOW)

Verify = Callable[..., None]
verifiers = pytest.mark.parametrize("verify", [signature.verify, stripe_signature.verify], ids=["reference", "stripe"])

ACCEPTED = {
    "one v1": f"t={NOW},v1={GOOD}",
    "v1 before t": f"v1={GOOD},t={NOW}",
    "good among several v1": f"t={NOW},v1={'0' * 64},v1={GOOD},v1=short",
    "v0 beside a good v1": f"t={NOW},v1={GOOD},v0=abc",
    "an unknown scheme beside a good v1": f"t={NOW},v2=abc,v1={GOOD}",
}
REFUSED = {
    "empty": "",
    "a blank": " ",
    "not a list of pairs": "hello",
    "no t": f"v1={GOOD}",
    "two t": f"t={NOW},t={NOW},v1={GOOD}",
    "t not a number": f"t=now,v1={GOOD}",
    "t signed": f"t=+{NOW},v1={GOOD}",
    "t with underscores": f"t=1_790_000_000,v1={GOOD}",
    "t with a leading zero": f"t=0{NOW},v1={GOOD}",
    "t of many digits": f"t={'9' * 5000},v1={GOOD}",
    "t in Arabic digits": f"t=١٧٩٠٠٠٠٠٠٠,v1={GOOD}",
    "empty t": f"t=,v1={GOOD}",
    "space after the comma": f"t={NOW}, v1={GOOD}",
    "space at the end": f"t={NOW},v1={GOOD} ",
    "space within": f"t= {NOW},v1={GOOD}",
    "trailing comma": f"t={NOW},v1={GOOD},",
    "non-ASCII v1 beside a good one": f"t={NOW},v1=é,v1={GOOD}",
    "non-ASCII unknown scheme": f"t={NOW},v1={GOOD},v9=é",
    "non-ASCII name": f"t={NOW},é=1,v1={GOOD}",
    "a control character": f"t={NOW},v1={GOOD},v0=\x01",
    "a newline at the end": f"t={NOW},v1={GOOD}\n",
    "only v0": f"t={NOW},v0={GOOD}",
    "no scheme at all": f"t={NOW}",
    "empty v1": f"t={NOW},v1=",
    "something after the good v1": f"t={NOW},v1={GOOD}=junk",
    "upper-case hex": f"t={NOW},v1={GOOD.upper()}",
    "upper-case scheme": f"t={NOW},V1={GOOD}",
    "cut short": f"t={NOW},v1={GOOD[:-1]}",
    "wrong signature": f"t={NOW},v1={'0' * 64}",
}


@verifiers
@pytest.mark.parametrize("header", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_good_header_is_accepted(verify: Verify, header: str) -> None:
    verify(BODY, header, SECRET, float(NOW))


@verifiers
@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_header_is_refused(verify: Verify, header: str) -> None:
    with pytest.raises(SignatureError):
        verify(BODY, header, SECRET, float(NOW))


@verifiers
@pytest.mark.parametrize("seconds", [-300, -299.5, 0, 299.5, 300])
def test_a_signature_within_300_seconds_is_accepted(verify: Verify, seconds: float) -> None:
    verify(BODY, f"t={NOW},v1={GOOD}", SECRET, NOW + seconds)


@verifiers
@pytest.mark.parametrize("seconds", [-100_000, -300.5, 300.5, 100_000])
def test_a_signature_further_away_is_refused_in_both_directions(verify: Verify, seconds: float) -> None:
    with pytest.raises(SignatureError, match="away from the gateway's clock"):
        verify(BODY, f"t={NOW},v1={GOOD}", SECRET, NOW + seconds)


@verifiers
def test_a_tampered_body_is_refused(verify: Verify) -> None:
    with pytest.raises(SignatureError, match="matches the body"):
        verify(BODY + b" ", f"t={NOW},v1={GOOD}", SECRET, float(NOW))


@verifiers
def test_another_secret_is_refused(verify: Verify) -> None:
    with pytest.raises(SignatureError):
        verify(BODY, f"t={NOW},v1={GOOD}", "whsec_other", float(NOW))


@verifiers
@given(body=st.binary(max_size=200), secret=st.text("abcdef_é", min_size=1))
@settings(deadline=None)
def test_any_bytes_that_are_signed_verify(verify: Verify, body: bytes, secret: str) -> None:
    verify(body, sign(body, secret, NOW), secret, float(NOW))


@verifiers
@given(body=st.binary(min_size=1, max_size=200), data=st.data())
@settings(deadline=None)
def test_one_changed_byte_is_refused(verify: Verify, body: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(body) - 1))
    change = data.draw(st.integers(1, 255))
    tampered = body[:position] + bytes([body[position] ^ change]) + body[position + 1 :]
    with pytest.raises(SignatureError):
        verify(tampered, sign(body, SECRET, NOW), SECRET, float(NOW))


items = st.one_of(
    st.sampled_from([f"t={NOW}", f"v1={GOOD}", "v0=abc", "t=1", "v1=abc", "", " ", "é=1"]), st.text(max_size=8)
)


@given(header=st.lists(items, max_size=5).map(",".join))
@settings(deadline=None)
def test_both_verifiers_agree_and_raise_nothing_but_signature_errors(header: str) -> None:
    verdicts = []
    for verify in (signature.verify, stripe_signature.verify):
        try:
            verify(BODY, header, SECRET, float(NOW))
            verdicts.append("accepted")
        except SignatureError as error:
            verdicts.append(str(error))
    assert verdicts[0] == verdicts[1]


@given(
    timestamp=st.integers(1, 10**12 - 1), signatures=st.lists(st.from_regex("[!-+.-<>-~]+", fullmatch=True), min_size=1)
)
@settings(deadline=None)
def test_a_header_parses_to_what_it_was_made_of(timestamp: int, signatures: list[str]) -> None:
    header = ",".join([f"t={timestamp}", *(f"v1={each}" for each in signatures)])
    assert parse_header(header) == (timestamp, tuple(signatures))


def test_the_error_quotes_neither_the_secret_nor_the_body() -> None:
    for verify in (signature.verify, stripe_signature.verify):
        with pytest.raises(SignatureError) as raised:
            verify(BODY, f"t={NOW},v1=abc", SECRET, float(NOW))
        assert SECRET not in str(raised.value)
        assert "evt_1" not in str(raised.value)
        assert raised.value.__suppress_context__ or raised.value.__context__ is None
