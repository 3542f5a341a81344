"""What can be wrong with the workflow that collects a payment: its runs against four fates, and what history says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from labkit.labs.temporal.play import Run
from labkit.labs.temporal.world import Fate
from labkit.servers.workflows import Scheduled, scheduled

FATES: Final = {
    "all goes well": Fate(),
    "the network fails twice": Fate(charge_fails=2),
    "the card is declined": Fate(declined=True),
    "no receipt can be sent": Fate(receipt_fails=-1),
}
RESULTS: Final = {
    "all goes well": "charged",
    "the network fails twice": "charged",
    "the card is declined": "declined",
    "no receipt can be sent": "charged without receipt",
}


@dataclass(frozen=True)
class Policy:
    """What the exercise asks for."""

    timeout: timedelta
    attempts: int
    first_wait: timedelta


POLICIES: Final = {
    "charge_card": Policy(timedelta(seconds=2), 0, timedelta(milliseconds=200)),
    "send_receipt": Policy(timedelta(seconds=1), 3, timedelta(milliseconds=100)),
}


def mistake(good: Run) -> str | None:
    """Return what is wrong where all goes well, the policies in the history included; None if nothing is."""
    if good.error:
        return f"the workflow failed although all went well: {good.error}"
    ordered = {one.name: one for one in scheduled(good.history)}
    if any(event.HasField("marker_recorded_event_attributes") for event in good.history.events):
        return "the history holds a local activity; asked for is `execute_activity`, which survives its worker"
    for name in POLICIES:
        if name not in ordered:
            return f"the history orders no {name}: is there an `await` before `workflow.execute_activity`?"
    for name, policy in POLICIES.items():
        if found := _policy_mistake(ordered[name], policy):
            return f"{name} (event {ordered[name].event_id}) {found}"
    return None


def mistake_in_trouble(runs: Mapping[str, Run], declined_charges: int) -> str | None:
    """Return what is wrong with the runs by the name of their fate, and how often a declined card was charged."""
    return _declined(runs["the card is declined"], declined_charges) or _results(runs)


def _policy_mistake(found: Scheduled, policy: Policy) -> str | None:
    if found.timeout == policy.timeout * 1000:
        return f"may take {_s(found.timeout)} an attempt: those are milliseconds in the place of seconds"
    if found.in_all == policy.timeout:
        return f"must end {_s(found.in_all)} after it was ordered, all attempts together; start_to_close is for one"
    if found.timeout != policy.timeout:
        return f"may take {_s(found.timeout)} an attempt; asked for were {_s(policy.timeout)}"
    if found.attempts != policy.attempts:
        wanted = f"at most {policy.attempts}" if policy.attempts else "as many as it takes"
        return f"has {found.attempts or 'endless'} attempts in its policy; asked for were {wanted}"
    if found.first_wait != policy.first_wait:
        return f"waits {_s(found.first_wait)} before its second attempt; asked for were {_s(policy.first_wait)}"
    return None


def _declined(run: Run, charges: int) -> str | None:
    if charges > 1:
        return f"a declined card was charged {charges} times: CardDeclinedError must be named non-retryable"
    if run.error:
        return f"a declined card made the workflow fail with {run.error}; catch ActivityError and return 'declined'"
    return None


def _results(runs: Mapping[str, Run]) -> str | None:
    for fate, run in runs.items():
        if run.is_open:
            return f"where {fate}, the workflow was still open when the check gave up"
        if run.error:
            return f"where {fate}, the workflow failed with {run.error}"
        if run.result != RESULTS[fate]:
            return f"where {fate}, the result was {run.result!r}, not {RESULTS[fate]!r}"
    return None


def _s(time: timedelta) -> str:
    return f"{time.total_seconds():g} s"
