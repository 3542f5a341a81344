"""Wrong answers that learners give, each with the part of the message that only it must get."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from labkit.labs.temporal.charges import Connection
from labkit.labs.temporal.shop import Order
from services.contracts.events import UnifiedEvent
from services.orchestrator.messages import Violation

from . import mistaken_workflows as mistaken

Start = Callable[[Client, Order, str], Awaitable[object]]
INSERT = "INSERT INTO charges (event_id, amount_cents) VALUES (%s, %s)"


def write(statement: str, *, cents: int = 1, key: bool = True) -> Callable[[Connection, Order], None]:
    def write_charge(connection: Connection, order: Order) -> None:
        event_id = order.event_id if key else uuid.uuid4().hex
        connection.execute(statement, [event_id, order.amount_cents // cents])

    return write_charge


def deletes_first(connection: Connection, order: Order) -> None:
    connection.execute("DELETE FROM charges WHERE event_id = %s", [order.event_id])
    connection.execute(INSERT, [order.event_id, order.amount_cents])


def takes_it_back(connection: Connection, order: Order) -> None:
    if connection.execute("DELETE FROM charges WHERE event_id = %s", [order.event_id]).rowcount == 0:
        connection.execute(INSERT, [order.event_id, order.amount_cents])


def looks_first(connection: Connection, order: Order) -> None:
    if not connection.execute("SELECT 1 FROM charges WHERE event_id = %s", [order.event_id]).fetchone():
        connection.execute(INSERT, [order.event_id, order.amount_cents])


def starting(*, answer: object = None, catch: bool = True, workflow_id: str = "collect-{}", **options: Any) -> Start:  # noqa: ANN401 - those of start_workflow
    """Return a start with these options; without an `answer` of its own it says what became of the start."""

    async def start_once(client: Client, order: Order, task_queue: str) -> object:
        name = workflow_id.format(order.event_id) if workflow_id else uuid.uuid4().hex
        try:
            await client.start_workflow("CollectPayment", order, id=name, task_queue=task_queue, **options)
        except WorkflowAlreadyStartedError:
            if not catch:
                raise
            return False if answer is None else answer
        return True if answer is None else answer

    return start_once


async def not_awaited(client: Client, order: Order, task_queue: str) -> bool:
    client.start_workflow("CollectPayment", order, id=f"collect-{order.event_id}", task_queue=task_queue).close()
    return True


REJECT = WorkflowIDReusePolicy.REJECT_DUPLICATE
TOO_MUCH = Violation("amount", "is more than a guest may pay")


def guest(event: UnifiedEvent) -> bool:
    return event.customer_id is None


def rule(condition: Callable[[UnifiedEvent], bool], violation: Violation = TOO_MUCH) -> Callable[..., list[Violation]]:
    return lambda event: [violation] if condition(event) else []


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "CollectPayment": {
        "no workflow": (mistaken.NoWorkflow, "this is no workflow"),
        "called directly": (mistaken.CalledDirectly, "was called as a function"),
        "not awaited": (mistaken.NotAwaited, "is there an `await` before"),
        "no timeout": (mistaken.NoTimeout, "the workflow failed although all went well: ValueError"),
        "milliseconds": (mistaken.Milliseconds, "milliseconds in the place of seconds"),
        "for all attempts": (mistaken.ForAllAttempts, "all attempts together"),
        "one policy for both": (mistaken.OnePolicyForBoth, "may take 2 s an attempt; asked for were 1 s"),
        "three charges": (mistaken.ChargedAtMostThrice, "has 3 attempts in its policy"),
        "default wait": (mistaken.DefaultWait, "waits 1 s before its second attempt"),
        "declined for ever": (mistaken.DeclinedForEver, "must be named non-retryable"),
        "error not caught": (mistaken.ErrorNotCaught, "a declined card made the workflow fail"),
        "receipt not caught": (mistaken.ReceiptNotCaught, "where no receipt can be sent, the workflow failed"),
        "one try": (mistaken.OneTry, "the result was 'declined', not 'charged without receipt'"),
        "local": (mistaken.LocalActivity, "holds a local activity"),
    },
    "write_charge": {
        "a plain insert": (write(INSERT), "raised UniqueViolation"),
        "nothing": (lambda _connection, _order: None, "one run wrote 0 rows"),
        "dollars": (write(INSERT, cents=100), "says 42 cents"),
        "a key of its own": (write(INSERT, key=False), "does not carry the order's event_id"),
        "adds up": (
            write(
                INSERT + " ON CONFLICT (event_id) DO UPDATE SET amount_cents = charges.amount_cents + "
                "excluded.amount_cents"
            ),
            "from 4200 to 8400 cents",
        ),
        "deletes first": (deletes_first, "the time of the charge is lost"),
        "takes it back": (takes_it_back, "deleted the row of the first"),
        "no such column": (write(INSERT.replace("amount_cents", "amount")), "raised UndefinedColumn"),
    },
    "start_once": {
        "an id of its own": (starting(workflow_id=""), "started 3 workflows"),
        "an id for all": (
            starting(workflow_id="lab04-collect-" + uuid.uuid4().hex),
            "the next event would find it taken",
        ),
        "default policy": (starting(), "one id, 2 runs"),
        "not caught": (starting(catch=False, id_reuse_policy=REJECT), "raised WorkflowAlreadyStartedError"),
        "no answer": (starting(answer="yes", id_reuse_policy=REJECT), "the answers are str, str, str"),
        "always true": (starting(answer=True, id_reuse_policy=REJECT), "the answers were [True, True, True]"),
        "not awaited": (not_awaited, "no workflow was started"),
        "terminates": (
            starting(id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING),
            "terminated the run of the first",
        ),
    },
    "RemindCustomer": {
        "from the one before": (mistaken.FromTheOneBefore, "each wait counts from the one before"),
        "for ever": (mistaken.ForEver, "it started no timer"),
        "asleep": (mistaken.Asleep, "a sleep does not wake for a signal"),
        "deaf": (mistaken.DeafToTheSignal, "look at `self._paid`"),
        "the wall clock": (mistaken.ByTheWallClock, "calls `datetime.now`"),
        "another each time": (mistaken.AnotherEachTime, "does not replay"),
    },
    "house_rules": {
        "a bool": (lambda event: guest(event) and event.amount > 10_000, "returned a bool"),
        "words": (lambda event: ["too much"] * (guest(event) and event.amount > 10_000), "a list with a str in it"),
        "cents": (rule(lambda event: guest(event) and event.amount_cents > 10_000), "`amount_cents` counts cents"),
        "from 10000 on": (rule(lambda event: guest(event) and event.amount >= 10_000), "10000 is allowed"),
        "everybody": (rule(lambda event: event.amount > 10_000), "a guest is an event whose"),
        "yen by 100": (rule(lambda event: guest(event) and event.amount_cents > 1_000_000), "a yen has no cents"),
        "another field": (
            rule(lambda event: guest(event) and event.amount > 10_000, Violation("total", "is too much")),
            "which an event does not have",
        ),
        "quotes": (
            lambda event: [Violation("amount", f"is {event.amount}")] * (guest(event) and event.amount > 10_000),
            "quotes the event",
        ),
        "nobody": (lambda _event: [], "a guest who pays 10000.01 dollars is not refused"),
    },
}

# Not as the reference writes it, and right.
RIGHT: dict[str, dict[str, Any]] = {
    "write_charge": {"looks first": looks_first},
    "RemindCustomer": {"by the workflow's clock": mistaken.ByWorkflowTime},
}
