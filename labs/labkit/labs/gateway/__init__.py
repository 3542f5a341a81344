"""Lab 02: who may speak to us, what do we keep, and when do we say 200?"""

from labkit.labs.gateway import check_send, checks, hints
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="02_gateway",
    title="The gateway: signatures, dead letters, and when to say 200",
    minutes=60,
    memory_mib=3072,
    servers=("postgres", "kafka", "temporal", "gateway", "normalizer", "inference", "orchestrator"),
    exercises=(
        Exercise("read_header", "read a Stripe-Signature header", hints.READ_HEADER, checks.read_header),
        Exercise("verify", "verify a signature in the real gateway", hints.VERIFY, checks.verify),
        Exercise("twice", "make a body that two readers understand differently", hints.TWICE, checks.twice),
        Exercise("route", "route events by their type", hints.ROUTE, checks.route),
        Exercise("send", "acknowledge only what Kafka has", hints.SEND, check_send.send),
    ),
    objectives=(
        "verify a Stripe signature with nothing but the standard library, and say what each line defends against",
        "tell what to refuse without a trace and what to keep as a dead letter",
        "route events to topics",
        "prove that a 200 means that Kafka has it, by pulling the cable",
    ),
)
