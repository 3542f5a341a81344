"""The hints of this lab: each ladder leads from a question to nearly the line."""

from typing import Final

COLLECT_PAYMENT: Final = (
    "Who runs the activity: your workflow, or Temporal? And for how long does your workflow wait for it?",
    (
        "`await workflow.execute_activity(charge_card, order, start_to_close_timeout=…, "
        "retry_policy=RetryPolicy(…))`. A policy has `initial_interval`, `maximum_attempts` (0: no limit) and"
        " `non_retryable_error_types`, a list of names."
    ),
    (
        "An activity that failed for good raises `ActivityError` in the workflow: `try: … except "
        "ActivityError: return 'declined'`. Times are `timedelta(seconds=2)`, `timedelta(milliseconds=200)`."
    ),
)
WRITE_CHARGE: Final = (
    "The worker died after the row was written. What does the same function find when it is run again?",
    (
        "`event_id` is UNIQUE in `charges`, so PostgreSQL knows whether the charge is there. An INSERT can "
        "ask it to do nothing in that case."
    ),
    "`INSERT INTO charges (event_id, amount_cents) VALUES (%s, %s) ON CONFLICT (event_id) DO …`",
)
START_ONCE: Final = (
    "What is the same each time when Stripe tells you the same event three times?",
    (
        "A workflow's id is yours to choose, and no two that are open may share one. `id_reuse_policy` says "
        "whether an id may be used again after its workflow has ended."
    ),
    (
        "`id=f'collect-{order.event_id}'`, `id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE`; a start "
        "that is refused raises `WorkflowAlreadyStartedError`."
    ),
)
REMIND_CUSTOMER: Final = (
    ("How long from the first reminder to the second, and from there to the end? And what should wake you earlier?"),
    (
        "`await workflow.wait_condition(lambda: self._paid, timeout=timedelta(days=1))` returns as soon as it"
        " is true, and raises `TimeoutError` when time is up."
    ),
    (
        "`for days in (1, 2): try: await workflow.wait_condition(…); return 'paid'; except TimeoutError: "
        "await workflow.execute_activity(send_reminder, …)`; after the loop wait four days more."
    ),
)
HOUSE_RULES: Final = (
    ("Open `services/orchestrator/rules.py`: what does `violations` return for a good event, and for a bad one?"),
    ("A guest has `event.customer_id is None`. Which of `amount` and `amount_cents` is in dollars, and in yen?"),
    (
        "`if event.customer_id is None and event.amount > 10_000: return [Violation('amount', 'is too much "
        "for a guest')]`, and an empty list otherwise."
    ),
)
