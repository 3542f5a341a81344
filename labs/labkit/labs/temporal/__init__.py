"""Lab 04: workflows that survive their worker, and events that are told more than once."""

from labkit.labs.temporal import checks, hints
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="04_temporal",
    title="Workflows that survive",
    minutes=60,
    memory_mib=2560,
    servers=("kafka", "temporal", "postgres", "inference"),
    exercises=(
        Exercise(
            "CollectPayment", "order two activities, each its own policy", hints.COLLECT_PAYMENT, checks.collect_payment
        ),
        Exercise("write_charge", "an activity that may run twice", hints.WRITE_CHARGE, checks.write_charge),
        Exercise("start_once", "one event three times, one workflow", hints.START_ONCE, checks.start_once),
        Exercise("RemindCustomer", "wait for days, in seconds", hints.REMIND_CUSTOMER, checks.remind_customer),
        Exercise("house_rules", "a rule inside the real orchestrator", hints.HOUSE_RULES, checks.house_rules),
    ),
    objectives=(
        "write a workflow whose activities have timeouts and retry policies of their own",
        "kill a worker in the middle, read the history, and tell why nothing was lost or done twice",
        "start one workflow however often the same event is told",
        "test days of waiting in a second, and find by replay what is not deterministic",
    ),
)
