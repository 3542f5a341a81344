"""What the three models are to find, measured on one seeded world; the figures are in `behaviour/README.md`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Protocol, TypeVar

from services.simulator.behaviour import drift, recovery
from services.simulator.chance import DAY_S, HOUR_S
from services.simulator.story import Attempt, Payment, Retry, Step


class Tale(Protocol):
    """What conftest tells about each payment."""

    payment: Payment
    steps: list[Step]

    @property
    def attempts(self) -> Mapping[int, Attempt]: ...
    @property
    def paid(self) -> bool: ...
    @property
    def failed_at_first(self) -> bool: ...
    @property
    def after_drift(self) -> bool: ...
    def told(self, event_type: str) -> bool: ...


Tales = Sequence[Tale]
T = TypeVar("T")


def share(test: Callable[[T], bool], among: Iterable[T]) -> float:
    found = [test(each) for each in among]
    assert len(found) > 20, "too few to say anything"
    return sum(found) / len(found)


def stolen(tales: Tales, *, after_drift: bool = False, paid: bool = False) -> list[Tale]:
    return [t for t in tales if t.payment.stolen and t.after_drift is after_drift and (t.paid or not paid)]


def foreign(tale: Tale) -> bool:
    return bool(tale.payment.ip_country != tale.payment.customer.country)


def times_typical(tale: Tale) -> float:
    return float(tale.payment.amount_cents / tale.payment.merchant.typical_amount)


def first_failure(tale: Tale) -> tuple[str, Retry]:
    """Why the first attempt failed, and what the shop then planned."""
    first = tale.attempts[1]
    assert first.failure
    assert first.retry
    return first.failure.reason, first.retry


def recovered_by_explored_retry(honest: Tales, reason: str, least_s: float, most_s: float) -> tuple[int, int]:
    """How many of the first retries with a random delay within the limits succeeded, and how many there were."""
    results = []
    for tale in (tale for tale in honest if tale.failed_at_first and 2 in tale.attempts):
        code, retry = first_failure(tale)
        if code == reason and retry.policy == "explore" and least_s <= retry.delay_s < most_s:
            results.append(tale.attempts[2].failure is None)
    return sum(results), len(results)


def rate_of_recovery(honest: Tales, reason: str, least_s: float, most_s: float) -> float:
    successes, tries = recovered_by_explored_retry(honest, reason, least_s, most_s)
    assert tries >= 12, (reason, tries)
    return successes / tries


def test_fraud_is_rare_and_looks_different_before_the_drift(tales: Tales, honest: Tales) -> None:
    before = [t for t in tales if not t.after_drift]
    assert 0.01 < share(lambda t: t.payment.stolen, before) < 0.04
    assert share(foreign, stolen(tales)) > 0.6
    assert share(foreign, honest) < 0.08
    assert median(map(times_typical, stolen(tales))) > 3 * median(map(times_typical, honest))
    assert share(lambda t: t.failed_at_first, stolen(tales)) > 3 * share(lambda t: t.failed_at_first, honest)


def test_fraud_comes_in_bursts(by_customer: Mapping[str, Tales], tales: Tales) -> None:
    def within_a_day(payments: Tales) -> float:
        """The share of a customer's payments that follow another within a day."""
        times = sorted(t.payment.created for t in payments)
        return sum(later - earlier < DAY_S for earlier, later in pairwise(times)) / len(times)

    by_thief: dict[str, list[Tale]] = {}
    for tale in stolen(tales):
        by_thief.setdefault(tale.payment.customer.id, []).append(tale)
    assert median(map(within_a_day, by_thief.values())) > 0.6
    assert median(map(within_a_day, by_customer.values())) == 0.0


def test_fraud_prefers_certain_merchants(tales: Tales, honest: Tales) -> None:
    def exposed(tale: Tale) -> bool:
        return bool(tale.payment.merchant.fraud_exposure >= 2)

    assert share(exposed, stolen(tales)) > 1.5 * share(exposed, honest)


def test_fraud_is_proven_late_and_not_always(tales: Tales) -> None:
    paid = stolen(tales, paid=True)
    assert 0.5 < share(lambda t: t.told("radar.early_fraud_warning.created"), paid) < 0.8
    assert 0.65 < share(lambda t: t.told("charge.dispute.created"), paid) < 0.95
    delays = [
        step.at - tale.payment.created for tale in paid for step in tale.steps if step.type == "charge.dispute.created"
    ]
    assert min(delays) > 4 * DAY_S
    assert max(delays) > 20 * DAY_S


def test_honest_payments_are_disputed_too_and_never_warned_of(honest: Tales) -> None:
    paid = [t for t in honest if t.paid]
    assert 0.0005 < share(lambda t: t.told("charge.dispute.created"), paid) < 0.006
    assert not any(t.told("radar.early_fraud_warning.created") for t in paid)
    reasons = {step.dispute.reason for t in paid for step in t.steps if step.dispute}
    assert reasons == {"fraudulent", "product_not_received"}


def test_each_failure_code_recovers_after_a_delay_of_its_own(honest: Tales) -> None:
    assert rate_of_recovery(honest, "processing_error", HOUR_S, 36 * HOUR_S) > 0.85
    assert rate_of_recovery(honest, "do_not_honor", 0, 4 * HOUR_S) < 0.1
    assert rate_of_recovery(honest, "do_not_honor", 30 * HOUR_S, 10 * DAY_S) > 0.5
    assert rate_of_recovery(honest, "insufficient_funds", 0, HOUR_S) < 0.05
    assert rate_of_recovery(honest, "insufficient_funds", 2 * DAY_S, 10 * DAY_S) > 0.2


def test_a_lost_or_stolen_card_never_recovers(honest: Tales) -> None:
    gone = [t for t in honest if t.failed_at_first and first_failure(t)[0] in ("lost_card", "stolen_card")]
    assert share(lambda t: t.paid, gone) == 0


def test_an_expired_card_recovers_only_with_another_card(honest: Tales) -> None:
    expired = [t for t in honest if t.failed_at_first and first_failure(t)[0] == "expired_card"]
    assert 0.1 < share(lambda t: t.paid, expired) < 0.8
    for tale in expired:
        if tale.paid:
            assert tale.attempts[max(tale.attempts)].card != tale.attempts[1].card


def test_a_share_of_the_retries_is_random_whatever_the_code(honest: Tales) -> None:
    plans = [first_failure(t) for t in honest if t.failed_at_first]
    for reason in ("processing_error", "do_not_honor", "insufficient_funds"):
        policies = [plan.policy for code, plan in plans if code == reason]
        assert 0.25 < policies.count("explore") / len(policies) < 0.45
    scheduled = {plan.delay_s for _, plan in plans if plan.policy == "schedule"}
    assert scheduled == {recovery.SCHEDULE_S[0]}
    explored = [plan.delay_s for _, plan in plans if plan.policy == "explore"]
    assert min(explored) < HOUR_S
    assert max(explored) > 5 * DAY_S


def test_customers_leave_after_failures_most_of_all_after_those_that_never_recovered(
    by_customer: Mapping[str, Tales],
) -> None:
    last: dict[str, list[bool]] = {"smooth": [], "recovered": [], "lost": []}
    for payments in by_customer.values():
        for tale in payments:
            if not tale.after_drift:  # the others have too little time left to come again
                how = "smooth" if not tale.failed_at_first else "recovered" if tale.paid else "lost"
                last[how].append(tale is payments[-1])
    left = {how: share(bool, of) for how, of in last.items()}
    assert left["smooth"] < 0.03
    assert left["recovered"] > 2 * left["smooth"]
    assert left["lost"] > 3 * left["recovered"]


def test_who_has_left_does_not_come_back_and_newcomers_take_their_place(honest: Tales) -> None:
    per_month = [0] * 6
    first = min(t.payment.created for t in honest)
    for tale in honest:
        per_month[min(5, (tale.payment.created - first) // (30 * DAY_S))] += 1
    assert max(per_month) < 1.25 * min(per_month)


def test_after_the_drift_fraud_is_small_domestic_and_more_often(tales: Tales, honest: Tales) -> None:
    after = stolen(tales, after_drift=True)
    assert share(foreign, after) < 0.2
    assert median(map(times_typical, after)) < 0.5 * median(map(times_typical, honest))
    assert len(after) > 1.3 * len(stolen(tales))


def test_after_the_drift_one_bank_refuses_more_and_the_others_do_not(honest: Tales) -> None:
    def failing(*, bank: bool, after_drift: bool) -> float:
        return share(
            lambda t: t.failed_at_first,
            [
                t
                for t in honest
                if t.after_drift is after_drift
                and 1 in t.attempts
                and ((t.attempts[1].card.brand, t.attempts[1].card.country) == drift.BANK) is bank
            ],
        )

    assert failing(bank=True, after_drift=True) > 2 * failing(bank=True, after_drift=False)
    assert failing(bank=False, after_drift=True) < 1.3 * failing(bank=False, after_drift=False)


def test_a_step_is_told_in_time_and_belongs_to_a_payment_that_was_begun(steps: list[Step]) -> None:
    assert all(one.at <= other.at for one, other in pairwise(steps))
    begun = set()
    for step in steps:
        if step.type == "payment_intent.created":
            begun.add(step.payment.key)
        assert step.type == "customer.created" or step.payment.key in begun
    assert len({step.event_id for step in steps}) == len(steps)
