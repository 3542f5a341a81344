"""Wrong answers that learners give, each with the part of the message that only it must get."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from labkit.labs.preflight import shop
from labkit.platform import Platform
from labkit.servers import bronze
from services.contracts.events import event_id
from services.simulator.client import send

Wrong = dict[str, tuple[Callable[..., Any], str]]


def hexed(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def signed(payload: bytes, timestamp: int) -> bytes:
    return str(timestamp).encode() + b"." + payload


def again(payload: bytes, timestamp: int) -> bytes:
    return signed(json.dumps(json.loads(payload)).encode(), timestamp)


SIGN: Wrong = {
    "nothing returned": (lambda _p, _s, _t: None, "returned a NoneType"),
    "raises": (lambda p, s, _t: p + s, "`sign` raised TypeError"),
    "hex alone": (lambda p, s, t: hexed(s.encode(), signed(p, t)), "has no `t=`"),
    "bytes as the digest": (
        lambda p, s, t: f"t={t},v1={hmac.digest(s.encode(), signed(p, t), 'sha256')!r}",
        "use .hexdigest()",
    ),
    "the header's name": (
        lambda p, s, t: f"Stripe-Signature: t={t},v1={hexed(s.encode(), signed(p, t))}",
        "without the header's name",
    ),
    "a space": (lambda p, s, t: f"t={t}, v1={hexed(s.encode(), signed(p, t))}", "has a space or a line break"),
    "a line break": (lambda p, s, t: f"t={t},v1={hexed(s.encode(), signed(p, t))}\n", "has a space or a line break"),
    "v0": (lambda p, s, t: f"t={t},v0={hexed(s.encode(), signed(p, t))}", "labelled `v0`"),
    "other names": (lambda p, s, t: f"t={t};sig={hexed(s.encode(), signed(p, t))}", "does not have the form"),
    "milliseconds in t": (
        lambda p, s, t: f"t={t * 1000},v1={hexed(s.encode(), signed(p, t * 1000))}",
        "is in milliseconds; Stripe counts seconds",
    ),
    "milliseconds signed": (
        lambda p, s, t: f"t={t},v1={hexed(s.encode(), signed(p, t * 1000))}",
        "milliseconds were signed",
    ),
    "a time of its own": (lambda p, s, _t: f"t=1,v1={hexed(s.encode(), signed(p, 1))}", "is not the timestamp that"),
    "another secret": (lambda p, _s, t: f"t={t},v1={hexed(b'whsec_other', signed(p, t))}", "with another key"),
    "no dot": (lambda p, s, t: f"t={t},v1={hexed(s.encode(), str(t).encode() + p)}", "the dot between"),
    "the body alone": (lambda p, s, t: f"t={t},v1={hexed(s.encode(), p)}", "only the body was signed"),
    "the wrong way round": (
        lambda p, s, t: f"t={t},v1={hexed(s.encode(), p + b'.' + str(t).encode())}",
        "body and timestamp are the wrong way round",
    ),
    "base64": (
        lambda p, s, t: f"t={t},v1={base64.b64encode(bytes.fromhex(hexed(s.encode(), signed(p, t)))).decode()}",
        "in base64",
    ),
    "upper case": (lambda p, s, t: f"t={t},v1={hexed(s.encode(), signed(p, t)).upper()}", "in upper case"),
    "without whsec_": (
        lambda p, s, t: f"t={t},v1={hexed(s.removeprefix('whsec_').encode(), signed(p, t))}",
        "lacks its `whsec_`",
    ),
    "key and message swapped": (
        lambda p, s, t: f"t={t},v1={hexed(signed(p, t), s.encode())}",
        "key and message are the wrong way round",
    ),
    "no hmac": (lambda p, _s, t: f"t={t},v1={hashlib.sha256(signed(p, t)).hexdigest()}", "a bare SHA-256"),
    "joined, not hmac": (
        lambda p, s, t: f"t={t},v1={hashlib.sha256(s.encode() + signed(p, t)).hexdigest()}",
        "secret and message joined",
    ),
    "bytes as text": (lambda p, s, t: f"t={t},v1={hexed(s.encode(), f'{t}.{p}'.encode())}", "notation was signed"),
    "parsed and written again": (
        lambda p, s, t: f"t={t},v1={hexed(s.encode(), again(p, t))}",
        "parsed and written again",
    ),
    "sha1": (
        lambda p, s, t: f"t={t},v1={hmac.new(s.encode(), signed(p, t), hashlib.sha1).hexdigest()}",
        "this has 40 characters",
    ),
}

TAMPER: Wrong = {
    "text": (lambda p: p.decode(), "returned a str"),
    "nothing": (lambda p: p, "`print(payload)`"),
    "a byte more": (lambda p: p.replace(b'"amount":4', b'"amount":44', 1), "the length went from"),
    "every amount": (
        lambda p: p.replace(b":4200", b":9200"),
        "2 bytes were changed; one is enough (`amount_received` too?)",
    ),
    "no JSON": (lambda p: p.replace(b"{", b"(", 1), "no JSON any more"),
    "not the amount": (lambda p: p.replace(b'"livemode":f', b'"Livemode":f', 1), "the amount is as it was"),
    "written again": (lambda p: json.dumps(json.loads(p)).encode(), "the length went from"),
}


def select(columns: str, event_id: str) -> str:
    return " ".join(["SELECT", columns, "FROM lakehouse.data.fct_payments WHERE event_id =", f"'{event_id}'"])


PAYMENT_SQL: Wrong = {
    "no text": (lambda _e: None, "returned a NoneType"),
    "an empty text": (lambda _e: " ; ", "the query is empty"),
    "no SQL": (lambda e: f"SELECT amount, currency FORM x WHERE event_id = '{e}'", "Trino refused the query"),
    "an f is missing": (lambda _e: select("amount, currency", "{event_id}"), "an f before its quotes"),
    "another id": (lambda _e: select("amount, currency", "stripe:evt_1"), "is not in your query"),
    "no quotes": (lambda e: select("amount, currency", e).replace("'", ""), "stands in single quotes"),
    "double quotes": (lambda e: select("amount, currency", e).replace("'", '"'), "stands in single quotes"),
    "two statements": (lambda e: select("amount, currency", e) + "; SELECT 1", "one statement, without `;`"),
    "no such column": (lambda e: select("amount_usd, currency", e), "Trino refused the query"),
    "Stripe's id": (lambda e: select("amount, currency", e.removeprefix("stripe:")), "returned no row"),
    "every payment": (lambda e: select("amount, currency", e).replace("WHERE", "WHERE 1 = 1 OR"), "more than one row"),
    "no condition": (lambda _e: "SELECT amount, currency FROM lakehouse.data.fct_payments", "is not in your query"),
    "one column": (lambda e: select("amount", e), "1 column; asked for were two"),
    "all columns": (lambda e: select("*", e), " columns; asked for were two"),
    "text": (lambda e: select("CAST(amount AS varchar), currency", e), "the amount is a varchar"),
    "divided by 100.0, unnamed": (lambda e: select("amount_cents / 100.0, currency", e), "divided by 100, but JPY"),
    "whole dollars": (lambda e: select("amount_cents / 100, currency", e), "the amount is a bigint"),
    "cents": (lambda e: select("amount_cents AS amount, currency", e), "the integer that Stripe sends"),
    "a float": (lambda e: select("CAST(amount AS double) AS amount, currency", e), "the amount is a double"),
    "divided by 100": (
        lambda e: select("amount_cents / DECIMAL '100.00' AS amount, currency", e),
        "divided by 100, but JPY",
    ),
    "lower case": (lambda e: select("amount, lower(currency) AS currency", e), "the currency is usd"),
    "off by one": (lambda e: select("amount + 1 AS amount, currency", e), "the amount is 43"),
}


def missing(accepted: list[str], booked: list[str]) -> set[str]:
    return set(accepted) - set(booked)


def doubled(booked: list[str]) -> set[str]:
    return {one for one in booked if booked.count(one) > 1}


def emptying(accepted: list[str], booked: list[str]) -> tuple[list[str], set[str]]:
    twice = doubled(booked)
    accepted[:] = [one for one in dict.fromkeys(accepted) if one not in booked]
    return accepted, twice


AUDIT: Wrong = {
    "nothing returned": (lambda _a, _b: None, "returned a NoneType"),
    "a difference alone": (missing, "returned a set"),
    "numbers": (lambda a, b: (len(a) - len(b), 0), "the ids tell what"),
    "text": (lambda a, b: (", ".join(missing(a, b)), ""), "one of them is a str"),
    "the wrong way round": (lambda a, b: (doubled(b), missing(a, b)), "`missing` comes first"),
    "the other direction": (lambda a, b: (missing(b, a), doubled(b)), "ask in one direction"),
    "both directions": (lambda a, b: (set(a) ^ set(b), doubled(b)), "ask in one direction"),
    "all that was accepted": (lambda a, b: (set(a), doubled(b)), "and the books have it"),
    "each time that it was sent": (
        lambda a, b: ([one for one in a if one not in b], doubled(b)),
        "Stripe sent it twice, and it is one payment",
    ),
    "counts only": (lambda a, b: (set() if len(set(a)) == len(b) else missing(a, b), doubled(b)), "`missing` lacks"),
    "doubled by the sender": (lambda a, b: (missing(a, b), doubled(a)), "which is Stripe's right"),
    "all booked": (lambda a, b: (missing(a, b), set(b)), "which the books have once"),
    "sets all the way": (lambda a, b: (missing(a, b), set(b) - set(b)), "that payment is counted twice"),
    "each time that it is booked": (
        lambda a, b: (missing(a, b), [one for one in b if b.count(one) > 1]),
        "once is enough",
    ),
    "in place": (emptying, "changed a list that it was given"),
}

WRONG = {"sign": SIGN, "tamper": TAMPER, "payment_sql": PAYMENT_SQL, "audit": AUDIT}

# Not as the reference writes it, and right.

PAYMENT_SQL_RIGHT: dict[str, Callable[[str], str]] = {
    "a semicolon": lambda e: select("amount, currency", e) + ";\n",
    "other names": lambda e: select("amount AS paid, currency AS code", e),
    "the other order": lambda e: select("currency, amount", e),
    "a sum": lambda e: select("sum(amount), currency", e) + " GROUP BY currency",
}

RIGHT = {
    "payment_sql": PAYMENT_SQL_RIGHT,
    "audit": {
        "sorted lists": lambda a, b: [sorted(missing(a, b)), sorted(doubled(b))],
        "frozen sets": lambda a, b: (frozenset(missing(a, b)), frozenset(doubled(b))),
    },
}


def prepare() -> None:
    """A payment in each of the shop's currencies, in the lakehouse."""
    orders = [shop.order(currency) for currency in shop.PRICES]
    assert asyncio.run(send(orders)).ok
    bronze.wait_for([event_id(order["id"]) for order in orders])
    Platform(say=lambda _: None).batch()
