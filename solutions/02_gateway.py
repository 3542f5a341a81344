# %% [markdown]
# # Lab 02 · The gateway
#
# **Objective.** At the end, a signature check that you wrote decides in the real gateway who gets in. You will have
# attacked it in a dozen ways, found out what to keep of a webhook that makes no sense, and pulled the cable to Kafka
# to see whether a 200 can be believed.

# %%
import json

import msgspec
from aiokafka import AIOKafkaProducer

import labkit
from labkit.labs.gateway import door
from labkit.labs.preflight import shop
from labkit.servers import bronze
from services.contracts.events import event_id
from services.contracts.settings import Stripe
from services.gateway.routing import Record
from services.simulator.signing import sign

lab = labkit.start("02_gateway")

# %% [markdown]
# ## Story
#
# The café's webhook address is known: it stood in a screenshot. Since yesterday, events come in about payments that
# nobody made, and the books say that there are 92 dollars where there should be 42. Today you build the door.
#
# ```mermaid
# flowchart LR
#   R[bytes] --> V{signed, and now?} -- no --> X[400, no trace]
#   V -- yes --> P{an event?} -- no --> D[(dead letters)] --> Y[400]
#   P -- yes --> T{which type?} --> K[(Kafka)] -- acknowledged --> O[200]
#   K -- silence --> U[503]
# ```
#
# The three questions and the acknowledgement are your exercises. All of them run inside the real gateway,
# `services/gateway`: its `bootstrap` takes a part of yours in the place of its own. Your gateways write to topics
# that begin with `lab02.`, so nothing that you let in by mistake reaches the platform.
#
# ## A door that is open
#
# This is a gateway whose verifier does nothing, which is how many start.
#
# **Predict.** Seventeen requests will knock. Seven of them are Stripe's. Who gets in?

# %%
door.knock(lambda body, header, secret, now: None)  # noqa: ARG005 - named as in the text

# %% [markdown]
# `bootstrap(settings, verify=…)` takes a function of the raw body, the header, the secret and the time (in seconds
# since 1970). It returns if all is well; if not, it raises `SignatureError`, and the gateway answers 400. What it
# returns is not looked at.
#
# ## Exercise 1: read the header
#
# ```
# t=1767225600,v1=5257a869e7ec…,v1=9b41…,v0=6ffb…
# ```
#
# `t` is when it was signed. `v1` may be there more than once: while a secret is being *rolled*, Stripe signs with
# the old one and the new one. Other schemes may stand beside (`v0` is for tests) and prove nothing; pass over them.
#
# Who sends this header? Anybody. So a header is good only if it is exactly of that form: items parted by commas, each
# `name=value` in plain ASCII without blanks; exactly one `t`, digits only; at least one `v1`.
#
# **Predict.** What does `int("1_767_225_600")` return? And of the same digits as they are written in Cairo?

# %%
import re

from services.gateway.errors import SignatureError


@lab.exercise("read_header")
def read_header(header: str) -> tuple[int, list[str]]:
    """Return the timestamp and all `v1` signatures, in order. Raise `SignatureError` for what is not a good header."""
    ### BEGIN SOLUTION
    item = r"[A-Za-z0-9]+=[!-+\--<>-~]+"
    if not re.fullmatch(f"{item}(?:,{item})*", header):
        raise SignatureError("the header is not a list of name=value in plain ASCII")
    pairs = [one.partition("=") for one in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not re.fullmatch("[0-9]{1,12}", times[0]):
        raise SignatureError("the header needs exactly one t=, in seconds since 1970")
    if not signatures:
        raise SignatureError("the header has no v1 signature")
    return int(times[0]), signatures
    ### END SOLUTION


# %%
lab.check("read_header")

# %% [markdown]
# A `ValueError` that escapes from here is not a security hole, and yet a fault: the gateway answers 500, somebody is
# woken up at night, and the message in the log has an attacker's text in it. (A well-known gateway of this kind
# answers 500 to an `é`: `hmac.compare_digest` raises TypeError for text beyond ASCII.)
#
# ## Exercise 2: verify
#
# Now all of it. `parse_header` of the real gateway does what your `read_header` does; use either.
#
# - **Is it fresh?** A signature that was good once is good for ever, unless you look at the clock. Up to 300 s, in
#   either direction, are fine.
# - **Is it theirs?** HMAC-SHA256, in hex, of the time, a dot, and the *raw* body, keyed with the whole secret. Any of
#   the `v1` will do.
#
# **Predict.** Which line of yours keeps out the replay? And which the tampered body?

# %%
import hashlib
import hmac

from services.gateway.errors import SignatureError  # noqa: F811 - each exercise's cell runs alone
from services.gateway.signature import parse_header


@lab.exercise("verify")
def verify(body: bytes, header: str, secret: str, now: float) -> None:
    """Return if Stripe signed these bytes, within 300 s of `now` (seconds since 1970); else raise `SignatureError`."""
    ### BEGIN SOLUTION
    timestamp, signatures = parse_header(header)
    if abs(now - timestamp) > 300:  # noqa: PLR2004 - as the text says
        raise SignatureError("the signature is too far from now")
    signed = str(timestamp).encode() + b"." + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected, one) for one in signatures):
        raise SignatureError("no v1 signature matches the body")
    ### END SOLUTION


# %% [markdown]
# The check serves a gateway with your function and a clock of its own, and knocks as above. Then it reads the topics:
# what is refused must leave no trace, or anybody could fill your disks.

# %%
lab.check("verify")

# %%
door.knock(verify)

# %% [markdown]
# ### Why `compare_digest`?
#
# `==` stops at the first character that differs. So the answer comes a little later, the more of a guess is right,
# and who can measure that finds the signature one character at a time: some 64 times 16 guesses instead of 16 to the
# 64th. Over a network, the differences drown in noise until somebody sends often enough.
#
# **Predict.** Here is a comparison that stops early. How will its time grow?


# %% tags=["nbval-ignore-output"]
def compare_naively(right: str, guess: str) -> bool:
    for one, other in zip(right, guess, strict=True):  # noqa: SIM110 - it is to be seen where it stops
        if one != other:
            return False
    return True


display(  # noqa: F821 - IPython's
    door.clock_comparison(compare_naively, "stops at the first difference"),
    door.clock_comparison(hmac.compare_digest, "hmac.compare_digest"),
)

# %% [markdown]
# ## Your door in the platform
#
# The next cell opens a gateway with your `verify` and the platform's real secret, and writes to the real topics. A
# payment that gets in here goes all the way: normalizer, workflow, bronze.

# %%
order = shop.order()
if door.through(verify, order):
    bronze.wait_for([event_id(order["id"])])
for row in bronze.rows(
    "SELECT amount, currency, status FROM payment_events WHERE event_id = %s", event_id(order["id"])
):
    print("bronze has", row["amount"].normalize(), row["currency"], row["status"])

# %% [markdown]
# ## Raw bodies
#
# Most web frameworks hand you the body as parsed JSON. It is tempting to write it out again and sign that.
#
# **Predict.** Which of these five gives back the bytes that were signed?

# %%
body = msgspec.json.encode(shop.order() | {"note": "café, 1.0"})
parsed = json.loads(body)
secret = Stripe().webhook_secret.get_secret_value()
signature = sign(body, secret, 0)
rewritten = {
    "json.dumps(parsed)": json.dumps(parsed),
    "without blanks": json.dumps(parsed, separators=(",", ":")),
    "and without escapes": json.dumps(parsed, separators=(",", ":"), ensure_ascii=False),
    "with sorted keys": json.dumps(parsed, separators=(",", ":"), ensure_ascii=False, sort_keys=True),
    "the raw bytes": body.decode(),
}
for how, text in rewritten.items():
    print(f"{how:22} {'same signature' if sign(text.encode(), secret, 0) == signature else 'another signature'}")

# %% [markdown]
# The third one works, today. It works until Stripe writes `1.50` where Python writes `1.5`, or a key twice, or a blank.
# What was signed are bytes; keep them.
#
# ## Exercise 3: two readers, two amounts
#
# A signature says who wrote a body. It does not say that the body makes sense. Here is one that looks like an event,
# and that any two programs may read differently: JSON does not say what a key means that stands twice in one object.
#
# **Predict.** Your fraud check reads the first amount, your bookkeeping the last. What could a merchant do with that?


# %%
@lab.exercise("twice")
def twice(payload: bytes) -> bytes:
    """Return the event with `amount` twice in one object, with different values: good JSON, and ambiguous."""
    ### BEGIN SOLUTION
    return payload.replace(b'"amount":', b'"amount":1,"amount":', 1)
    ### END SOLUTION


# %% [markdown]
# The check signs your body rightly and sends it to the platform's own gateway.

# %%
lab.check("twice")

# %% [markdown]
# The gateway answered 400, and this time it *kept* the body, in `webhooks.stripe.dlq`: a *dead letter*. It was
# signed, so it is Stripe's, and somebody has to look at it. The record's headers say what was wrong, when and at
# which stage, and hold neither payload nor secret.

# %%
letters = lab.platform.ask("dlq", "list", "--limit", "1")
for letter in letters:
    if letter["stage"] == "gateway":
        print(letter["error_class"], "·", letter["message"], "· can be replayed:", letter["replayable"])

# %% [markdown]
# It cannot be replayed: as long as the body is what it is, it will be refused again. (Lab 03 has dead letters that
# can.)
#
# ## Exercise 4: route
#
# | event type | is about | topic |
# | --- | --- | --- |
# | `payment_intent.…` | a payment | `topics.PAYMENT_INTENT` |
# | `charge.…`, `radar.early_fraud_warning.…` | an attempt to get the money | `topics.CHARGE` |
# | `charge.dispute.…` | an objection to a charge | `topics.CHARGE` |
# | `refund.…`, `charge.refund.…` | money that goes back | `topics.REFUND` |
# | `charge.refunded` | a charge, some of which went back | `topics.CHARGE` |
# | anything else | | `topics.UNROUTED` |
#
# **Predict.** Why keep what nobody reads?

# %%
from services.contracts import topics


@lab.exercise("route")
def route(event_type: str) -> str:
    """Return the topic of an event type."""
    ### BEGIN SOLUTION
    prefixes = (
        ("payment_intent.", topics.PAYMENT_INTENT),
        ("charge.refund.", topics.REFUND),
        ("charge.", topics.CHARGE),
        ("radar.early_fraud_warning.", topics.CHARGE),
        ("refund.", topics.REFUND),
    )
    return next((topic for prefix, topic in prefixes if event_type.startswith(prefix)), topics.UNROUTED)
    ### END SOLUTION


# %%
lab.check("route")

# %% [markdown]
# An event that was answered 200 is never sent again. If next year somebody wants to know about customers, their
# events are there, from the first day on.
#
# ## Exercise 5: when to say 200
#
# This gateway hands each record to Kafka's producer and answers. **Predict** the three answers, and which of the
# three payments Kafka will have: the first is sent as usual; then the cable to Kafka is pulled (really: the
# connection is cut), the second is sent, and the gateway loses power; the third is sent when all is well again.


# %%
async def send_and_forget(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send(record.topic, value=record.value, key=record.key, headers=list(record.headers))


door.pull_the_cable(send_and_forget)

# %% [markdown]
# `producer.send` is done when the record is in a buffer of this process. The answer was honest about that, and wrong:
# 200 means to Stripe that it may forget the event.
#
# Write the `send` of a gateway that can be believed. The producer is an idempotent one with `acks=all`: it
# acknowledges when all replicas have the record, and its retries double nothing. You need not count the seconds: the
# gateway gives your function one second here (five in production), then answers 503.


# %%
from aiokafka import AIOKafkaProducer

from services.gateway.routing import Record


@lab.exercise("send")
async def send(producer: AIOKafkaProducer, record: Record) -> None:
    """Write the record (its topic, value, key and headers); return only when Kafka has acknowledged it, else raise."""
    ### BEGIN SOLUTION
    await producer.send_and_wait(record.topic, value=record.value, key=record.key, headers=list(record.headers))
    ### END SOLUTION


# %%
lab.check("send")

# %%
door.pull_the_cable(send)

# %% [markdown]
# 503 is a good answer. Stripe sends the event again, for up to three days, and once the cable is back, it is in
# Kafka. It may be there twice, if the acknowledgement was all that got lost; therefore everything after the gateway
# counts an event's id once.
#
# ## What broke
#
# - **Nobody looked at the clock**: a captured request, sent again a year later, is a payment. (301 s old: 400.)
# - **A verifier that returns False**: the gateway took its silence for a yes. What can fail should fail loudly.
# - **The body was parsed and written again**: good until the day when one byte differs, then all payments are
#   refused.
# - **A key twice**: two systems, two truths, one signature.
# - **200 before the acknowledgement**: nothing looks wrong, no log has an error, and the payment is gone. Of all the
#   faults of this lab, it is the only one that nobody notices.
#
# If you have time: stop Kafka itself. In one terminal (File → New → Terminal), `lakehouse down --only kafka`; in a
# second, `make gateway-simulator EVENTS=5`, which sends again and again, as Stripe would. Then, in the first,
# `lakehouse up --only kafka`, and look into `services/gateway/publisher.py` for how the gateway connects again.
#
# ## What to read next
#
# - `services/gateway/stripe_signature.py`: Stripe's own library does all this, and has four surprises of its own.
# - `services/gateway/strict_json.py`: NaN, 1e999, half a character, and whatever else two readers may differ on.
# - [Stripe: verify manually](https://docs.stripe.com/webhooks#verify-manually),
#   [I-JSON](https://www.rfc-editor.org/rfc/rfc7493), [Kafka: delivery
#   semantics](https://kafka.apache.org/documentation/#semantics)

# %%
lab.progress()
