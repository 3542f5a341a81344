"""Wrong answers about signatures: their header read, and the body verified against them."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any

from services.gateway.errors import SignatureError
from services.gateway.signature import parse_header

Wrong = dict[str, tuple[Callable[..., Any], str]]


def pairs(header: str) -> list[list[str]]:
    return [item.split("=", 1) for item in header.split(",")]


def as_dict(header: str) -> tuple[int, list[str]]:
    found = dict(pairs(header))
    return int(found["t"]), [found["v1"]]


def refusing(read: Callable[[str], tuple[int, list[str]]]) -> Callable[[str], tuple[int, list[str]]]:
    def reading(header: str) -> tuple[int, list[str]]:
        try:
            return read(header)
        except (ValueError, KeyError, IndexError):
            raise SignatureError("not a good header") from None

    return reading


def lists(header: str) -> tuple[int, list[str]]:
    found = pairs(header)
    times = [value for name, value in found if name == "t"]
    return int(times[0]), [value for name, value in found if name == "v1"]


def only_one_time(header: str) -> tuple[int, list[str]]:
    found = pairs(header)
    [timestamp] = [value for name, value in found if name == "t"]
    signatures = [value for name, value in found if name == "v1"]
    if not signatures:
        raise ValueError
    return int(timestamp), signatures


def only_ascii(read: Callable[[str], tuple[int, list[str]]]) -> Callable[[str], tuple[int, list[str]]]:
    def reading(header: str) -> tuple[int, list[str]]:
        if not header.isascii():
            raise ValueError
        return read(header)

    return reading


def no_underscore(read: Callable[[str], tuple[int, list[str]]]) -> Callable[[str], tuple[int, list[str]]]:
    def reading(header: str) -> tuple[int, list[str]]:
        if not re.search(r"t=\d+(,|$)", header):
            raise ValueError
        return read(header)

    return reading


def stripped(header: str) -> tuple[int, list[str]]:
    return no_underscore(only_ascii(only_one_time))(header.replace(" ", ""))


READ_HEADER: Wrong = {
    "nothing returned": (lambda _: None, "returned a NoneType"),
    "a dict": (lambda header: dict(pairs(header)), "returned a dict"),
    "text": (lambda header: (dict(pairs(header))["t"], [dict(pairs(header))["v1"]]), "the timestamp is a str"),
    "one signature": (lambda header: (as_dict(header)[0], as_dict(header)[1][0]), "the signatures are a str"),
    "a dict keeps the last": (refusing(as_dict), "of two `v1`, only the last"),
    "in a fixed order": (
        lambda header: (int(header.split(",")[0][2:]), [item[3:] for item in header.split(",")[1:]]),
        "whose `t=` comes last",
    ),
    "every signature": (
        refusing(lambda header: (lists(header)[0], [value for name, value in pairs(header) if name != "t"])),
        "hold those of `v0` or `v2` too",
    ),
    "errors of Python's": (lists, "which the gateway answers with 500"),
    "the first t": (refusing(lists), "accepted a header with two `t=`"),
    "no signature is one too": (
        refusing(lambda header: (only_one_time(f"{header},v1=x")[0], lists(header)[1])),
        "no `v1`, no proof",
    ),
    "int() reads underscores": (refusing(only_one_time), "accepted the time `1_767_225_600`"),
    "any script's digits": (refusing(no_underscore(only_one_time)), "accepted a time in Arabic digits"),
    "blanks taken away": (refusing(stripped), "accepted a blank behind"),
    "a second equals sign": (
        refusing(lambda h: no_underscore(only_ascii(only_one_time))(h if " " not in h else "")),
        "accepted a second `=`",
    ),
}


def digest(body: bytes, secret: str, timestamp: int) -> str:
    return hmac.new(secret.encode(), b"%d.%b" % (timestamp, body), hashlib.sha256).hexdigest()


def verifier(
    expected: Callable[[bytes, str, int], str] = digest,
    equal: Callable[[str, str], bool] = hmac.compare_digest,
    age: Callable[[int, float], float] = lambda timestamp, now: abs(now - timestamp),
    read: Callable[[str], tuple[int, Any]] = parse_header,
    error: type[Exception] = SignatureError,
) -> Callable[[bytes, str, str, float], None]:
    """Return the reference with one part of it replaced."""

    def verify(body: bytes, header: str, secret: str, now: float) -> None:
        timestamp, signatures = read(header)
        if age(timestamp, now) > 300:
            raise error("too old")
        right = expected(body, secret, timestamp)
        if not any(equal(right, one) for one in signatures):
            raise error("not the right signature")

    return verify


def again(body: bytes, secret: str, timestamp: int) -> str:
    return digest(json.dumps(json.loads(body)).encode(), secret, timestamp)


def compact(body: bytes, secret: str, timestamp: int) -> str:
    try:
        return digest(
            json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode(), secret, timestamp
        )
    except ValueError:
        return ""


def telling(body: bytes, header: str, secret: str, now: float) -> None:
    timestamp, signatures = parse_header(header)
    right = digest(body, secret, timestamp)
    if abs(now - timestamp) > 300 or not any(hmac.compare_digest(right, one) for one in signatures):
        raise SignatureError(f"expected {right}")


def answering(body: bytes, header: str, secret: str, now: float) -> bool:
    try:
        verifier()(body, header, secret, now)
    except SignatureError:
        return False
    return True


def searching(body: bytes, header: str, secret: str, now: float) -> None:
    timestamp, _ = parse_header(header)
    found = re.search(f"v1={digest(body, secret, timestamp)}", header)
    if abs(now - timestamp) > 300 or not found:
        raise SignatureError("no")


def loosely(header: str) -> tuple[int, list[str]]:
    if not header:
        raise SignatureError("no header")
    return lists(header)


def decoding(body: bytes, secret: str, timestamp: int) -> str:
    return digest(body.decode().encode(), secret, timestamp)


VERIFY: Wrong = {
    "everybody is welcome": (lambda *_: None, "a signature made with another secret"),
    "returns False": (answering, "returned False"),
    "compares with ==": (verifier(equal=lambda one, other: one == other), "in a time that tells"),
    "only the first v1": (
        verifier(read=lambda header: (parse_header(header)[0], parse_header(header)[1][:1])),
        "the second of two `v1`",
    ),
    "only the last v1": (
        verifier(read=lambda header: (parse_header(header)[0], parse_header(header)[1][-1:])),
        "the first of two `v1`",
    ),
    "no age": (verifier(age=lambda _t, _now: 0), "a signature 301 s old"),
    "the past only": (verifier(age=lambda timestamp, now: now - timestamp), "a signature 301 s ahead"),
    "milliseconds": (
        verifier(age=lambda timestamp, now: abs(now - timestamp) * 1000),
        "a signature 299 s old; up to",
    ),
    "a clock of its own": (verifier(age=lambda timestamp, _now: abs(time.time() - timestamp)), "machine's clock"),
    "the body alone": (
        verifier(expected=lambda body, secret, _: hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()),
        "you sign the body alone",
    ),
    "no dot": (
        verifier(expected=lambda body, secret, t: hmac.new(secret.encode(), b"%d%b" % (t, body), "sha256").hexdigest()),
        "the dot between timestamp and body",
    ),
    "no secret": (
        verifier(expected=lambda body, _, t: hashlib.sha256(b"%d.%b" % (t, body)).hexdigest()),
        "a bare SHA-256",
    ),
    "parsed and written again": (verifier(expected=again), "parsed and written again; sign"),
    "written again, compact": (verifier(expected=compact), "with line breaks and an `é`"),
    "decoded": (verifier(expected=decoding), "HMAC takes bytes, so decode nothing"),
    "bytes and text": (
        verifier(equal=lambda one, other: hmac.compare_digest(one.encode(), other)),
        "raised TypeError: ",
    ),
    "another error": (verifier(error=ValueError), "a refusal is a SignatureError"),
    "any header": (verifier(read=loosely), "it accepted two `t=`"),
    "searches": (searching, "something behind it"),
    "half will do": (verifier(equal=lambda one, other: one.startswith(other)), "the first half of the signature"),
    "tells the right one": (telling, "tells the caller the right signature"),
}


def first_come(body: bytes, header: str, secret: str, now: float) -> None:
    """`verify` by a learner who computes once per signature, and refuses early."""
    timestamp, signatures = parse_header(header)
    if not now - 300 <= timestamp <= now + 300:
        raise SignatureError("not now")
    for one in signatures:
        if hmac.compare_digest(one, digest(body, secret, timestamp)):
            return
    raise SignatureError("nobody we know")
