"""What this lab's cells show: who gets in at a gateway's door, and what a pulled cable does."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import httpx
import msgspec

from labkit.labs.gateway import attacks, sending, topics
from labkit.labs.gateway.topics import PREFIX
from labkit.labs.preflight import shop
from labkit.panel import Panel, Tone
from labkit.servers import own_gateway
from labkit.servers.topics import Offsets
from services.contracts.settings import Stripe
from services.gateway.publisher import Send
from services.gateway.signature import Verify
from services.simulator.events import StripeEvent
from services.simulator.ledger import Ledger
from services.simulator.signing import sign

LENGTH: Final = 64
ROUNDS: Final = 400
SETTLES_S: Final = 2


def knock(verify: Verify) -> Panel:
    """Serve the real gateway with this verifier, let everybody knock, and show who got in and what Kafka kept.

    Raises:
        ServerDownError: the gateway does not start, or Kafka does not answer.
    """
    before, now = topics.here(), int(time.time())
    rows, fooled = [], 0
    with own_gateway.serving(PREFIX, verify=verify, clock=lambda: float(now)) as own:
        for visitor in attacks.visitors(own.secret.get_secret_value(), now):
            status = own.post(visitor.body, visitor.header).status
            right = status == (attacks.WELCOME if visitor.genuine else attacks.REFUSED)
            fooled += not right
            rows.append(("✓" if right else "✗", visitor.what, str(status)))
    kept = len(topics.since(before))
    lines = (f"{len(rows)} knocked, Kafka keeps {kept}. Wrong answers: {fooled}.",)
    tone = Tone.BAD if fooled else Tone.GOOD
    return Panel("Who gets in", tone, lines=lines, table=(("", "who knocks", "answer"), *rows))


def through(verify: Verify, event: StripeEvent) -> bool:
    """Send an event by a gateway with this verifier into the platform's own topics; return whether it got in.

    What is accepted is written into the sender's ledger, as always.

    Raises:
        ServerDownError: the gateway does not start.
    """
    secret = Stripe().webhook_secret
    body = msgspec.json.encode(event)
    with own_gateway.serving("", verify=verify, secret=secret) as own:
        answer = own.post(body, sign(body, secret.get_secret_value(), int(time.time())))
    print(f"your gateway answered {answer}")  # noqa: T201 - a notebook's output
    if answer.status != httpx.codes.OK:
        return False
    Ledger.default().append(event["id"], event["type"])
    return True


def pull_the_cable(send: Send) -> Panel:
    """Send three events through a gateway with this `send`; before the second the cable is pulled, after it put back.

    Like Stripe, it sends an event again that was not answered 200.

    Raises:
        ServerDownError: the gateway does not start, or Kafka does not answer.
    """
    before = topics.here()
    first, second, third = (msgspec.json.encode(shop.order()) for _ in range(3))
    with sending.by_cable(send) as (own, cable):
        answers = {first: [own.post(first, None).status]}
        _wait_for(first, before)
        cable.pull()
        answers[second] = [own.post(second, None).status]
    # That gateway ended with the cable out, as in a power cut. Another one takes over.
    with sending.by_cable(send) as (own, _):
        answers[third] = [own.post(third, None).status]
        if answers[second] != [httpx.codes.OK]:
            answers[second].append(own.post(second, None).status)
    there = {record.value for record in topics.since(before)}
    names = {first: ("first", "in place"), second: ("second", "pulled"), third: ("third", "in place again")}
    rows = [
        (*names[body], ", then ".join(map(str, statuses)), "yes" if body in there else "no")
        for body, statuses in answers.items()
    ]
    lost = sum(statuses[-1] == httpx.codes.OK and body not in there for body, statuses in answers.items())
    told = f"Lost for good: {lost}. What was answered 200 is never sent again." if lost else "Nothing is lost."
    table = [("event", "cable", "answer", "in Kafka at the end"), *rows]
    return Panel("The cable to Kafka", Tone.BAD if lost else Tone.GOOD, lines=(told,), table=table)


def _wait_for(body: bytes, since: Offsets) -> None:
    """Give what was buffered the time to be written: what is lost in this story is lost by the cable alone."""
    deadline = time.monotonic() + SETTLES_S
    while time.monotonic() < deadline and all(record.value != body for record in topics.since(since)):
        time.sleep(0.05)


def clock_comparison(compare: Callable[[str, str], Any], name: str) -> Panel:
    """Show how long a comparison takes, by how many characters of a signature are right."""
    right = "a1" * (LENGTH // 2)
    rows = []
    for good in range(0, LENGTH + 1, LENGTH // 4):
        guess = right[:good] + "x" * (LENGTH - good)
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter_ns()
            compare(right, guess)
            times.append(time.perf_counter_ns() - started)
        rows.append((str(good), f"{median(times):.0f} ns"))
    return Panel(name, Tone.QUIET, table=(("characters right", "time"), *rows))
