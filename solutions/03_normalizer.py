# %% [markdown]
# # Lab 03 · Kafka and the normalizer
#
# **Objective.** At the end you have written a relay that survives a kill at any of its lines, and rules of yours work
# inside the real normalizer. You will know what a key does, what a lag is, how to set a group back, and where a
# message goes that nobody can read.

# %%
import labkit
from labkit.labs.normalizer import groups, keys, killing, line, poisoning
from labkit.labs.preflight import shop

lab = labkit.start("03_normalizer")

# %% [markdown]
# ## Story
#
# The gateway keeps what Stripe sends, byte for byte, in three topics. Behind it waits a normalizer: it makes one
# shape of all those events, for everything after it. It died at night. In the morning, some payments are missing,
# others are there twice, and one from Tokyo is a hundredfold too small.
#
# ```mermaid
# flowchart LR
#   A[(webhooks.stripe.…)] --> N[Normalizer] --> B[(payments.normalized)]
#   N --> D[(payments.validation.dlq)] --> Q[(quarantine)]
#   D -. lakehouse dlq replay .-> A
# ```
#
# ## A topic is a log
#
# Kafka appends. A record gets the next *offset* of its *partition*, and stays there. Readers do not take anything
# away; each *group* of readers only remembers, per partition, the offset that it will read next.
#
# A topic has several partitions, so that several can read at a time. Order holds within one partition, and nowhere
# else. Which partition a record goes to, its *key* decides: equal keys, same partition.
#
# ## Exercise 1: the key
#
# A payment's story is told in events about different objects: an intent, a charge, a refund, a dispute. If the
# refund is read before the charge, somebody gives back money that never came.
#
# `event["data"]["object"]` is what an event is about, and its `object` says what that is: `"payment_intent"`,
# `"charge"`, `"refund"` or `"dispute"`.
#
# **Predict.** Three partitions, and the customer as the key. What happens on the day when one customer makes half
# of all payments? And where do guests go?


# %%
@lab.exercise("key")
def key(event: dict) -> bytes:
    """Return the Kafka key of an event, so that all events of one payment keep their order."""
    ### BEGIN SOLUTION
    subject = event["data"]["object"]
    intent = subject["id"] if subject["object"] == "payment_intent" else subject["payment_intent"]
    return intent.encode()
    ### END SOLUTION


# %% [markdown]
# The check writes the events of eight payments into `lab03.orders`, under your keys, and looks where they are.

# %%
lab.check("key")

# %% [markdown]
# ## Who reads what
#
# The members of a group share the partitions among themselves, and share them anew when one comes or goes.
#
# **Predict.** Three partitions. What do two members get? And four?

# %%
records = keys.write(key)
display(groups.share(2), groups.share(4))  # noqa: F821 - IPython's

# %% [markdown]
# So the number of partitions is the most readers that can be busy. It is easy to raise and hard to live with: then
# equal keys go elsewhere than before.
#
# ## How far behind
#
# **Predict.** There are 32 records. The group reads ten and commits. What is its *lag*, and in which partitions?

# %%
groups.forget()
groups.read(10)

# %%
groups.board()

# %% [markdown]
# *End* is the offset of the record that will be written next, *committed* that of the one that will be read next, and
# the lag is the difference. Nothing was taken away. So a group can be set back, and reads again:

# %%
groups.commit({0: 0, 1: 0, 2: 0})
groups.board()

# %% [markdown]
# That is how a mistake is mended for all of the past: set the group back to before the mistake, and let the better
# program read again. It only works if reading twice does no harm.
#
# ## Kill it
#
# A relay reads five records, writes them to another topic, and commits. There are two orders to do that in. Here
# are both, as real processes, killed by `kill -9` exactly between the two steps, and started again.
#
# **Predict.** Which one loses, and which one doubles?

# %%
killing.kill_both()

# %% [markdown]
# Neither is perfect. *At most once* loses, *at least once* doubles, and there is no third order of two lines. What
# is lost is gone; what is doubled has the same event id, and everything after here counts that once. So this
# platform is *at least once* everywhere.
#
# ## Exercise 2: the relay
#
# Write one batch of it. `consumer` is an `AIOKafkaConsumer` that has its partitions; `produce(record)` writes one
# record to the other topic and returns when Kafka has acknowledged it. Your function returns after one batch
# (perhaps an empty one): its caller does the loop.


# %%
@lab.exercise("relay")
async def relay(consumer, produce) -> None:  # noqa: ANN001 - a learner's
    """Read one batch, produce each record, commit; lose nothing, wherever it is killed."""
    ### BEGIN SOLUTION
    batch = await consumer.getmany(timeout_ms=500)
    for partition, records in batch.items():
        for record in records:
            await produce(record)
        await consumer.commit({partition: records[-1].offset + 1})
    ### END SOLUTION


# %% [markdown]
# The check runs it undisturbed, kills it before the third record, after the commit, and before the commit, and lets
# Kafka refuse a record once. Each time it is started again, and what arrived is counted.

# %%
lab.check("relay")

# %% [markdown]
# The real one is `services/normalizer/relay.py`: the same order, with batches that are acknowledged together, and
# one thing more. If its partitions are given to another member in the middle of a batch, it may not commit any
# more.
#
# ## Exercise 3: money
#
# Stripe sends an integer in the currency's smallest unit. How many decimals is that?
#
# | currency | decimals | |
# | --- | --- | --- |
# | most | as ISO 4217 has it: 2, for JPY 0, for KWD 3 | `ISO_EXPONENTS["JPY"]` |
# | MGA | 0 | two in ISO 4217, but Stripe counts in ariary |
# | ISK, UGX | 2 | none in ISO 4217, but Stripe sends two, always `00` |
#
# What is not in ISO 4217 (or has no decimals there: `None`, such as gold) is no currency to pay with.
#
# **Predict.** What is `0.1 + 0.2`? And `19.99 * 100`?

# %%
from decimal import Decimal

from services.normalizer.errors import NormalizationError
from services.normalizer.money import ISO_EXPONENTS


@lab.exercise("major_units")
def major_units(amount_cents: int, currency: str) -> Decimal:
    """Return the exact amount in major units of an upper-case code; raise `NormalizationError` for unknown ones."""
    ### BEGIN SOLUTION
    exponents = {**ISO_EXPONENTS, "MGA": 0, "ISK": 2, "UGX": 2}
    decimals = exponents.get(currency)
    if decimals is None:
        raise NormalizationError("data.object.currency", "is not a currency that one can pay with")
    return Decimal(amount_cents).scaleb(-decimals)
    ### END SOLUTION


# %% [markdown]
# `NormalizationError(field, reason)` names the field and says what is wrong with it, and never quotes the value: it
# will stand in a header that many people read. The check runs the real normalizer with your function, on topics of
# its own.

# %%
lab.check("major_units")

# %% [markdown]
# ## Exercise 4: nothing
#
# Somewhere, a form had no customer, and a program wrote `"null"`. Another wrote `"N/A"`, a third `""`, a fourth
# `"None"`; others write `undefined`, `nil` or `nan`, and some of them `NULL`. Count your customers, and one of them is
# called None and has bought more than all others.
#
# **Predict.** `"NA"` is the country of a card. Which one?


# %%
@lab.exercise("clean")
def clean(text: str | None) -> str | None:
    """Return the text without white space around it, or None where it only stands for nothing."""
    ### BEGIN SOLUTION
    if text is None:
        return None
    stripped = text.strip()
    return None if stripped.lower() in {"", "null", "none", "nil", "nan", "n/a", "undefined"} else stripped
    ### END SOLUTION


# %%
lab.check("clean")

# %% [markdown]
# Both rules at work, in the real normalizer. **Predict** which of the seven become dead letters.

# %%
line.show(major_units, clean)

# %% [markdown]
# 15.9 is not "about 16", and null is not 0. Types are strict where money is: a message that is refused can be mended,
# an amount that was guessed cannot.
#
# ## Exercise 5: poison
#
# A *poison message* is one that a consumer cannot take, now or ever. There are two bad ways to deal with it: stop
# (then all payments behind it wait), or skip it (then it is lost). The good one is to put it aside, with its
# reason: a *dead letter*.
#
# Make one. The gateway must accept it, for it looks at the envelope only; the normalizer must not.


# %%
@lab.exercise("poison")
def poison(event: dict) -> dict:
    """Return the event, changed so that the gateway answers 200 and the normalizer cannot take it."""
    ### BEGIN SOLUTION
    event["data"]["object"]["currency"] = "xqq"
    return event
    ### END SOLUTION


# %% [markdown]
# This time it goes through the platform itself: gateway, Kafka, the running normalizer, the dead letters, quarantine.

# %%
lab.check("poison")

# %% [markdown]
# ## Dead letters
#
# The next cell sends another one of yours, and shows the headers of its dead letter. With them, the original bytes
# and the original key are all that is needed to try again.

# %%
event = poison(shop.order())
answer, before = poisoning.deliver(event)
place, headers = poisoning.dead_letter(event, before)
for name in ("original_topic", "error_class", "error_message", "stage", "attempts"):
    print(f"{name:16} {headers[name]}")

# %% [markdown]
# `lakehouse dlq list` shows them all, `lakehouse dlq show ID` one with its payload. `replay` writes the original
# bytes back to the topic that they came from; `--dry-run` only says what it would do.
#
# **Predict.** The message is as it was. What will two replays change: how many dead letters, how many attempts, how
# many rows in quarantine?

# %% tags=["nbval-ignore-output"]
letter = poisoning.identity(headers)
lab.platform.run("dlq", "replay", letter, "--dry-run")
lab.platform.run("dlq", "replay", letter)
poisoning.dead_letter(event, before, attempts=2)
lab.platform.run("dlq", "replay", letter)
place, headers = poisoning.dead_letter(event, before, attempts=3)

# %%
[found] = [one for one in lab.platform.ask("dlq", "list", "--limit", "50") if one["id"] == letter]
print("attempts", found["attempts"], "· can be replayed:", found["replayable"])
print("rows in quarantine:", poisoning.quarantined(headers))

# %% [markdown]
# One dead letter, three attempts, one row. A dead letter's identity is where its record was *first*, and a replay
# brings that along. So replaying is safe to repeat, and whoever mends the normalizer replays everything with
# `lakehouse dlq replay --error-class NormalizationError`: what can be taken now goes through, the rest comes back.
#
# ## What broke
#
# - **No key, or the wrong one**: the refund overtakes the charge. Nothing reports an error.
# - **Committed before produced**: five payments gone, and a lag of 0 that says all is well.
# - **An offset too low by one**: every restart repeats a record; with ids nobody notices, with sums everybody does.
# - **Divided by 100**: right in New York, a hundredfold loss in Tokyo, ten times too much in Kuwait.
# - **A normalizer that stops at a poison message**: its lag grows and grows. One that skips it: its lag is fine.
#
# ## What to read next
#
# - `services/normalizer/relay.py` and `router.py`: the batch, and why dead letters are produced first.
# - `services/normalizer/money.py`: every exception of Stripe's, with its source.
# - [Kafka: design](https://kafka.apache.org/documentation/#design), [Stripe:
#   currencies](https://docs.stripe.com/currencies)

# %%
lab.progress()
