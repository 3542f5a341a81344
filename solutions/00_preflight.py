# %% [markdown]
# # Lab 00 · Preflight and tour
#
# **Objective.** At the end you have sent a payment through a real platform, seen it refuse a forged one, and asked
# for it with SQL. You will know which server does what, how to find any payment in any of them, and how to prove that
# none was lost.
#
# **How a lab works.** Read, run the cells from top to bottom (Shift-Enter), and write the functions that say
# `labkit.todo()`. For each exercise:
#
# | you call | you get |
# | --- | --- |
# | `lab.check("sign")` | a check that asks the live servers, and says whose fault it is if it does not pass |
# | `lab.hint("sign")` | the next hint; each says more than the one before (the button below a check does the same) |
# | `lab.solution("sign")` | one solution, to read |
# | `lab.reset("sign")` | the empty exercise again |
#
# An exercise that you leave out does not stop you: the cells after it go on with the reference solution, and say so.
#
# What you passed is remembered when you close the notebook; what its cells made in the kernel is not. So after a
# restart, select the cell where you were and choose Run → Run All Above Selected Cell.

# %%
import msgspec

import labkit
from labkit.errors import CheckError
from labkit.labs.preflight import delivery, shop, timeline
from labkit.servers import bronze, warehouse
from services.contracts.events import event_id
from services.contracts.settings import Stripe
from services.simulator.client import send
from stack.journey import bootstrap as journey

lab = labkit.start("00")

# %% [markdown]
# ## Story
#
# A café sells a coffee machine for 42 dollars. The customer pays with Stripe, and Stripe tells the café's back
# office by a *webhook*: an HTTP POST with the payment as JSON. You are the back office. From that POST on, the
# payment is yours: you must not lose it, not count it twice, and not believe one that Stripe did not send.
#
# ```mermaid
# flowchart LR
#   S[Stripe] -- signed POST --> G[Gateway] --> K[(Kafka)] --> N[Normalizer] --> K2[(Kafka)] --> T[Temporal workflow]
#   T --> I[Inference]
#   T --> P[(PostgreSQL bronze)]
#   P -- batch --> D[Dagster] --> B[(Iceberg on MinIO)] --> Q[dbt on Trino] --> F[fct_payments]
# ```
#
# ## What this machine has

# %% tags=["nbval-ignore-output"]
lab.platform.doctor()

# %% [markdown]
# A ✗ comes with a remedy. Mend it before you go on: nothing below works without memory, disk and ports.
#
# ## Start the platform
#
# **Predict.** Six servers and four services: how much memory will they take together, and which one the most? Write
# down two numbers before you run the next cell. (If you came here by `make lab`, the servers already run.)

# %% tags=["nbval-ignore-output"]
lab.platform.run("pipeline", "up")
lab.platform.status()

# %% [markdown]
# Trino and Kafka run on Java, and a Java process keeps what its heap once grew to; the six servers stay below 3 GiB
# because each heap has a limit in `platform/servers.toml`. PostgreSQL and MinIO look small. They hold nearly all
# the business data.
#
# ## The order
#
# The course has a simulator in Stripe's place: the same JSON, signed in the same way. Here is the event of the coffee
# machine's payment.

# %%
order = shop.order("usd", 4_200)
body = msgspec.json.encode(order)
print(msgspec.json.format(body, indent=2).decode()[:900], "…")
print("\nand as it is sent:", body[:120])

# %% [markdown]
# It is indented here for your eyes. The bytes that are sent, signed and compared have no indentation and no blanks
# between names and values: the last line shows how they begin.
#
# `amount` is `4200`: Stripe counts in the currency's *smallest unit*, as an integer, because money does not bear
# rounding.
#
# ## Exercise 1: sign it
#
# Anybody can POST to a public URL. So Stripe and you share a secret, and Stripe adds a header to each event:
#
# ```
# Stripe-Signature: t=1767225600,v1=5257a869e7ec…
# ```
#
# `t` is the time in seconds. `v1` is the HMAC-SHA256, in hex, of the time, a dot and the raw body, with the secret
# as the key ([Stripe's own description](https://docs.stripe.com/webhooks#verify-manually)).
#
# **Predict.** Why is the time part of what is signed?

# %%
import hashlib
import hmac


@lab.exercise("sign")
def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """Return the Stripe-Signature header for these bytes, signed at `timestamp` (seconds since 1970)."""
    ### BEGIN SOLUTION
    signed = str(timestamp).encode() + b"." + payload
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
    ### END SOLUTION


# %% [markdown]
# The check makes an order of its own, signs it with your function, sends it through the live gateway, and then
# looks into Kafka for it. If it is there, the course's real simulator signs with your function, too.

# %%
lab.check("sign")

# %% [markdown]
# Now your own order, with your own signature. The secret is a `SecretStr`: it goes into the HMAC and never into an
# output.

# %%
secret = Stripe().webhook_secret
delivered = delivery.deliver(order, body, sign, secret)
print(f"and the secret looks like this: {secret}")

# %% [markdown]
# 200 means: Kafka has it in its log and has said so. Had Kafka been down, the answer would have been 503, and Stripe
# would try again for days. An answer of 200 *before* Kafka's is how payments get lost.
#
# ## Exercise 2: tamper with it
#
# A thief sits between Stripe and you, holds a signed order, and would like a digit of the amount to be another one.
#
# **Predict.** What will the gateway answer? What will Kafka hold of the attempt?


# %%
@lab.exercise("tamper")
def tamper(payload: bytes) -> bytes:
    """Return the body with one byte changed, so that it is still good JSON but tells another amount."""
    ### BEGIN SOLUTION
    return payload.replace(b'"amount":4', b'"amount":9', 1)
    ### END SOLUTION


# %% [markdown]
# The check sends your body under the signature of the true one. Then it sends the true one, so that you can see that
# nothing but your byte made the difference. It compares what Kafka kept in both cases, dead-letter topic included.

# %%
lab.check("tamper")

# %% [markdown]
# A body that is not signed was not sent by Stripe, and the gateway keeps nothing of it: or anybody could fill your
# disks. What is signed and yet makes no sense is another matter; it goes to the dead-letter topic (lab 02).
#
# ## Follow the money
#
# Two more customers buy the same machine, one in Tokyo, one in Kuwait. This time the simulator sends, and tries again
# where nobody answers. It signs with your function if your own order got in.

# %%
orders = [order, shop.order("jpy"), shop.order("kwd")]
if delivered:
    sent = await send(orders[1:], sign=sign)  # noqa: F704, PLE1142 - a notebook awaits at its top level
else:
    print("Your own order did not get in, so the simulator signs and sends it too.")
    sent = await send(orders)  # noqa: F704, PLE1142
print(sent)
delivery.expect_all(sent)

# %%
ids = [event_id(one["id"]) for one in orders]
print(f"all three are in bronze after {bronze.wait_for(ids):.1f} s more")

# %% [markdown]
# On the way there, the normalizer gave each event one shape whatever Stripe object it came as, and a Temporal workflow
# scored it for fraud. PostgreSQL holds what came out:

# %%
columns = "event_id, amount_cents, amount, currency, risk_level"
for row in bronze.rows(f"SELECT {columns} FROM payment_events WHERE event_id = ANY(%s) ORDER BY currency DESC", ids):  # noqa: S608 - our own names
    print(row["event_id"], row["amount_cents"], "→", row["amount"], row["currency"], "· risk", row["risk_level"])

# %% [markdown]
# Bronze is good at one row at a time. Questions about all payments go to the lakehouse: a batch copies the new rows
# into an Iceberg table on MinIO, then dbt builds the tables that people query.
#
# **Predict.** An order reaches bronze in less than a second. How long will the batch take for a few rows?

# %% tags=["nbval-ignore-output"]
lab.platform.batch()

# %% [markdown]
# Most of that is the same for a dozen rows and for ten thousand: starting, planning, testing the result. That is why
# the lakehouse is fed in batches.
#
# ## Exercise 3: ask for it
#
# Write the query that an accountant needs: what was paid, and in which currency? You may try it out with
# `warehouse.query("…").rows`.


# %%
@lab.exercise("payment_sql")
def payment_sql(event_id: str) -> str:
    """Return a Trino query for this event's `amount` (exact, in major units: dollars, not cents) and `currency`."""
    ### BEGIN SOLUTION
    return f"SELECT amount, currency FROM lakehouse.data.fct_payments WHERE event_id = '{event_id}'"  # noqa: S608 - our own id
    ### END SOLUTION


# %% [markdown]
# The check runs your query for a payment in dollars, in yen and in dinars, compares each answer with the row in
# PostgreSQL, and looks up which Iceberg snapshot brought it.

# %%
lab.check("payment_sql")

# %% [markdown]
# A query that somebody else's text is pasted into is how SQL injection starts. Here the text is an id of our own; in
# `services/` every such value is a parameter.

# %%
for one in ids:
    try:
        for row in warehouse.query(payment_sql(one)).rows[:1]:
            print(*row)
    except CheckError as error:
        print(error)

# %% [markdown]
# ## Where was it when?
#
# `lab.trace(event_id)` asks every system for one payment, and links to the pages that show it; `lab.trace(event_id,
# for_s=30)` follows one that is still on its way. In a terminal: `lakehouse trace EVENT_ID` (`.venv/bin/lakehouse`
# where the environment is not activated). This is the coffee machine's:

# %%
lab.trace(ids[0])

# %%
timeline.draw(journey.trace(ids[0]))

# %% [markdown]
# The time runs evenly up to one second, and in powers of ten after that. The wait before Iceberg includes the time
# until you ran the batch. The ledger is the sender's: it is written after the gateway's answer, so it may stand after
# Kafka.
#
# **Compare with your predictions**: which step is the slowest, and does it matter to the customer who waits at the
# counter?
#
# ## What broke
#
# Now you break something. The normalizer stands between the two topics; without it, nothing new reaches bronze.
#
# **Predict.** What does the gateway answer while the normalizer is down? Where is the order meanwhile?

# %%
lab.platform.run("down", "--only", "normalizer")
late = shop.order("usd")
sent = await send([late])  # noqa: F704, PLE1142
delivery.expect_all(sent)
print("accepted:", sent.accepted.total())

# %% tags=["nbval-ignore-output"]
lab.trace(event_id(late["id"]))

# %% [markdown]
# The gateway does not know that the normalizer is gone, and need not: its promise is kept when Kafka has the event.
# The record lies in its topic until somebody reads on from the last committed offset.

# %%
lab.platform.run("up", "--only", "normalizer")
bronze.wait_for([event_id(late["id"])])
print("and now it is in bronze")

# %% [markdown]
# Nobody sent it again. That is the difference between a queue that remembers and a call that fails.
#
# Three more ways to break it, which cost more than a wait:
#
# - **A wrong byte**: 400, and nothing was kept. Without the check, 92 dollars would be in your books.
# - **A float**: 42.10 has no exact binary form; sums drift, and somebody looks for the missing cent for a week. The
#   amount is an integer, then an exact decimal, and never a float.
# - **Division by 100**: right in New York, a hundredfold loss in Tokyo, and ten times too much in Kuwait.
#
# ## Exercise 4: prove it
#
# "I looked, and it was there" is no proof. An audit compares two lists: what the sender knows to be accepted, and what
# the books hold. Neither list is clean: Stripe sends an event again if our answer got lost on the way, and a batch that
# ran twice would book a payment twice.
#
# **Predict.** Two lists are equally long. Is that a proof?


# %%
from collections import Counter


@lab.exercise("audit")
def audit(accepted: list[str], booked: list[str]) -> tuple[set[str], set[str]]:
    """Return (missing, doubled): ids that were accepted but are not booked, and ids that are booked more than once."""
    ### BEGIN SOLUTION
    doubled = {one for one, count in Counter(booked).items() if count > 1}
    return set(accepted) - set(booked), doubled
    ### END SOLUTION


# %% [markdown]
# The check sends one order twice, both times accepted, and compares with what Trino finds in the books before the next
# batch. Then it shows your audit what the books would look like if a batch had run twice.

# %%
lab.check("audit")

# %% [markdown]
# The platform has the same audit built in, over every stage at once: `lakehouse reconcile`. Here are its comparisons
# for your orders' way, up to bronze:

# %% tags=["nbval-ignore-output"]
for found in journey.reconcile(wait_s=10, live=True).comparisons:
    print(f"{found.left} ({found.left_count}) {'=' if found.equal else '≠'} {found.right} ({found.right_count})")

# %% [markdown]
# ## What to read next
#
# - `services/gateway/signature.py`: the other side of your first exercise, with all that can be wrong in a header.
# - `services/normalizer/money.py`: every currency that does not have two decimals, with its source.
# - [Stripe: verify manually](https://docs.stripe.com/webhooks#verify-manually),
#   [currencies](https://docs.stripe.com/currencies), [Iceberg's table spec](https://iceberg.apache.org/spec/)
#
# `lakehouse down` stops the platform and keeps its data; `lakehouse pipeline up` brings both back.

# %%
lab.progress()
