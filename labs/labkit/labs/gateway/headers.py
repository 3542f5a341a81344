"""Stripe-Signature headers, good and bad, and what can be wrong with a reading of them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from labkit.labs.gateway.trying import call

T: Final = 1_767_225_600
A, B = "a1" * 32, "b2" * 32


@dataclass(frozen=True)
class Bad:
    """A header that must be refused, what it is, and why."""

    header: str
    what: str
    why: str


BAD: Final = (
    Bad("", "the empty header", '`""` means that there was none'),
    Bad("garbage", "a header without any `=`", "it is not a list of name=value"),
    Bad(f"v1={A}", "a header without `t=`", "without the time nothing can be computed"),
    Bad(f"t={T},t={T + 60},v1={A}", "a header with two `t=`", "which of the two was signed? An attacker chooses"),
    Bad(f"t={T},v0={A}", "a header with only `v0`", "`v0` proves nothing; no `v1`, no proof"),
    Bad(f"t=soon,v1={A}", "the time `soon`", "seconds since 1970 are digits"),
    Bad(f"t=1_767_225_600,v1={A}", "the time `1_767_225_600`", "`int()` reads underscores; Stripe never writes them"),
    Bad(f"t=١٧٦٧٢٢٥٦٠٠,v1={A}", "a time in Arabic digits", "`int()` and `\\d` take any script; `[0-9]` does not"),
    Bad(f"t={T}, v1={A}", "a blank behind the comma", "Stripe writes none: what is not Stripe's form is not Stripe's"),
    Bad(f"t={T},v1=é{A[1:]}", "an `é` in the signature", "`compare_digest` raises TypeError for text beyond ASCII"),
    Bad(f"t={T},v1={A}=junk", "a second `=` in the signature", "`=` is not a hex digit; look at the whole item"),
)


def mistake(read: Callable[..., Any]) -> str | None:
    """Return what is wrong with a learner's `read_header`, None if nothing is."""
    for wrong in (_types, _several, _order, _schemes):
        if message := wrong(read):
            return message
    return next((message for bad in BAD if (message := _refusal(read, bad))), None)


def _read(read: Callable[..., Any], header: str, what: str) -> tuple[Any, str | None]:
    tried = call(read, header)
    if tried.refused or tried.raised:
        error = tried.refused or tried.raised
        return None, f"`read_header` refused {what} ({type(error).__name__}): `{_short(header)}`"
    return tried.returned, None


def _types(read: Callable[..., Any]) -> str | None:
    found, message = _read(read, f"t={T},v1={A}", "a plain good header")
    if message:
        return message
    if not isinstance(found, tuple) or len(found) != 2:  # noqa: PLR2004 - a pair
        return f"`read_header` returned a {type(found).__name__}; asked for is a pair, `(timestamp, signatures)`"
    timestamp, signatures = found
    if type(timestamp) is not int:
        return f"the timestamp is a {type(timestamp).__name__}; asked for is an `int`, to calculate with"
    if timestamp != T:
        return f"the timestamp of `t={T}` came out as {timestamp}"
    if not isinstance(signatures, list | tuple):
        return f"the signatures are a {type(signatures).__name__}; asked for is a list, as there may be several `v1`"
    return (
        None if list(signatures) == [A] else "the signature of a plain good header did not come out as it stands there"
    )


def _several(read: Callable[..., Any]) -> str | None:
    found, message = _read(read, f"t={T},v1={A},v1={B}", "a header with two `v1`")
    if message:
        return message
    kept = list(found[1])
    if kept == [A, B]:
        return None
    which = {(A,): "only the first", (B,): "only the last"}.get(tuple(kept), "not both, in order,")
    return f"of two `v1`, {which} came out; while a secret is rolled, Stripe signs with the old one and the new one"


def _order(read: Callable[..., Any]) -> str | None:
    found, message = _read(read, f"v1={A},t={T}", "a header whose `t=` comes last")
    if message:
        return message
    return None if found in ((T, [A]), (T, (A,))) else "a header whose `t=` comes last was read in another way"


def _schemes(read: Callable[..., Any]) -> str | None:
    found, message = _read(read, f"t={T},v0={B},v1={A},v2={B}", "a header with `v0` and `v2` beside the `v1`")
    if message:
        return f"{message}; other schemes are to be passed over"
    if list(found[1]) != [A]:
        return "the signatures hold those of `v0` or `v2` too; only `v1` proves anything"
    return None


def _refusal(read: Callable[..., Any], bad: Bad) -> str | None:
    tried = call(read, bad.header)
    if tried.refused:
        return None
    if tried.raised:
        name = type(tried.raised).__name__
        return (
            f"for {bad.what}, `read_header` raised {name}, which the gateway answers with 500; "
            "who sends rubbish gets a 400: raise SignatureError"
        )
    return f"`read_header` accepted {bad.what}: {bad.why}"


def _short(header: str) -> str:
    return header.replace(A, "a1…").replace(B, "b2…")
