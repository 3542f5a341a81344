"""The checks of this lab. Each asks the live servers; what an answer got wrong is told by the pure modules beside."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.errors import UniqueViolation
from temporalio import activity
from temporalio.client import Client, WorkflowHandle

from labkit import source
from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.temporal import (
    charges,
    charging,
    collecting,
    determinism,
    play,
    reminding,
    replaying,
    ruling,
    starting,
    world,
)
from labkit.labs.temporal.clock import Diary, JumpingClock
from labkit.labs.temporal.job import WorkerProcess
from labkit.labs.temporal.shop import Order, an_order
from labkit.servers import own_orchestrator, workflows
from labkit.spec import Passed
from services.contracts.events import UnifiedEvent
from services.orchestrator.messages import Payment, Violation
from services.orchestrator.rules import violations

LAB_NAME = "04_temporal"
SETTLED_S = 0.3
COLLECTED_S = 5.0
REMINDED_S = 6.0


def _workflow(attempt: Attempt) -> type:
    answer = attempt.written()
    if not isinstance(answer, type):
        raise WrongAnswerError(f"`{attempt.name}` is a {type(answer).__name__}; a workflow is a class")
    return answer


def _refuse(mistake: str | None, **evidence: str) -> None:
    if mistake:
        raise WrongAnswerError(mistake, evidence=evidence)


def collect_payment(attempt: Attempt) -> Passed:
    """Run the learner's workflow against four fates at once, and read the histories."""
    workflow = _workflow(attempt)
    _refuse(determinism.mistake(workflow))
    orders = {fate: an_order() for fate in collecting.FATES}
    outside = world.World({orders[name].event_id: fate for name, fate in collecting.FATES.items()})

    async def collect(client: Client) -> dict[str, play.Run]:
        queue = play.own_queue()

        async def one(fate: str) -> play.Run:
            return await play.outcome(await _start(client, workflow, orders[fate], queue), COLLECTED_S)

        async with play.worker(client, workflow, outside.activities(), task_queue=queue):
            good = await one("all goes well")
            _refuse(collecting.mistake(good), workflow=good.workflow_id)
            others = [fate for fate in orders if fate != "all goes well"]
            return {"all goes well": good} | dict(zip(others, await asyncio.gather(*map(one, others)), strict=True))

    runs = workflows.with_client(collect)
    good, declined = runs["all goes well"], orders["the card is declined"]
    _refuse(
        collecting.mistake_in_trouble(runs, outside.calls["charge_card", declined.event_id]),
        workflow=runs["the card is declined"].workflow_id,
    )
    retried = runs["the network fails twice"]
    return Passed(
        "four orders, four fates, and each history ends as it should",
        {
            "workflow": f"{good.workflow_id}, {len(good.history.events)} events",
            "charged at the third attempt": retried.workflow_id,
            "declined after": "1 attempt",
        },
    )


def write_charge(attempt: Attempt) -> Passed:
    """Run the learner's function twice, then in a worker that is killed in the middle."""
    write = attempt.written()
    book = charges.ensure()
    order, start = an_order(), charges.last_id(book)
    _write(attempt, book.dsn, order)
    once = charges.since(book, start)
    _refuse(charging.after_one_run(once, order))
    try:
        _write(attempt, book.dsn, order)
    except WrongAnswerError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        _refuse(
            f"the second run, as after a kill, raised UniqueViolation: row {once[0]['id']} is there, so the charge "
            "succeeded, and yet every retry would fail",
        )
    _refuse(charging.after_two_runs(charges.since(book, start), once))

    killed, start = an_order(), charges.last_id(book)
    run = workflows.with_client(lambda client: _killed_in_the_middle(client, write, killed))
    rows = charges.since(book, start)
    if run.result != "charged":
        raise LabError(f"{run.workflow_id} ended with {run.result or run.error or 'nothing'} after the kill")
    _refuse(charging.after_one_run(rows, killed))
    return Passed(
        "killed with SIGKILL after the row was written, the charge was run again, and there is one row",
        {"workflow": run.workflow_id, "rows in charges": str(len(rows))},
    )


def start_once(attempt: Attempt) -> Passed:
    """Tell the same event three times: twice at once, and again after the workflow has ended."""
    attempt.written()
    order, workflow = an_order(), source.reference(LAB_NAME, "CollectPayment")
    told = workflows.with_client(lambda client: _tell_three_times(client, attempt, workflow, order))  # type: ignore[arg-type]
    _refuse(starting.mistake(told))
    return Passed(
        "the same event three times: one workflow, one run, and two answers that say so",
        {"workflow": told.runs[0][0], "answers": str(list(told.answers))},
    )


def remind_customer(attempt: Attempt) -> Passed:
    """Run two weeks on a clock that jumps, with a customer who pays and one who does not; then replay both."""
    workflow = _workflow(attempt)
    _refuse(determinism.mistake(workflow))
    diary = Diary()

    async def remind(client: Client) -> tuple[play.Run, play.Run]:
        return await asyncio.gather(
            _remind(client, workflow, diary, pays=False), _remind(client, workflow, diary, pays=True)
        )

    unpaid, paid = workflows.with_client(remind)
    _refuse(
        reminding.nobody_pays(unpaid, diary.moments.get(unpaid.workflow_id, [])),
        workflow=unpaid.workflow_id,
    )
    _refuse(
        reminding.pays_after_the_first(paid, diary.moments.get(paid.workflow_id, [])),
        workflow=paid.workflow_id,
    )
    _refuse(replayed(workflow, unpaid, paid))
    return Passed(
        "seven days of waiting, a payment on day 1, and both histories replay to the same decisions",
        {"nobody paid": unpaid.workflow_id, "paid on day 1": paid.workflow_id},
    )


def house_rules(attempt: Attempt) -> Passed:
    """Run the learner's rule inside the real orchestrator, and look where each event ended."""
    rule = attempt.written()
    asked = ruling.events()
    _refuse(ruling.mistake(attempt, asked))
    found = run_in_the_orchestrator(rule, [event for event, _ in asked.values()])
    for who, (event, refused) in asked.items():
        table, _ = found[event.event_id]
        if (table == "payment_events_quarantine") != refused:
            raise LabError(f"{who} is in {table}, although the rule said otherwise")
    one, _ = asked["a guest who pays 10000.01 dollars"]
    row = found[one.event_id][1]
    where = f"{row['source_topic']}, partition {row['source_partition']}, offset {row['source_offset']}"
    return Passed(
        "the real orchestrator ran your rule: two events are in its quarantine, four in bronze",
        {"workflow": f"payment-{one.event_id}", "in the quarantine because of": row["reason"], "read from": where},
    )


def run_in_the_orchestrator(
    rule: Callable[[UnifiedEvent], list[Violation]], events: list[UnifiedEvent]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Run the real orchestrator with a rule beside its own, and return the table and row of each event by its id."""

    @activity.defn(name="validate_business_rules")
    async def validate(payment: Payment) -> list[Violation]:
        return violations(payment.event, payment.event.normalized_at) + rule(payment.event)

    async def session(_client: Client) -> dict[str, tuple[str, dict[str, Any]]]:
        replaced = {"validate_business_rules": validate}
        definitions = [validate, rule]
        async with own_orchestrator.running(
            "lab-temporal-orchestrator", definitions, activities=replaced
        ) as orchestrator:
            return dict(await orchestrator.process(events))

    return workflows.with_client(session)


def replayed(workflow: type, *runs: play.Run) -> str | None:
    """Return why a workflow does not come to the same decisions over these histories, None if it does."""

    async def replay() -> str | None:
        for run in runs:
            if refusal := await replaying.refusal(workflow, run.history, JumpingClock(Diary())):
                return f"{run.workflow_id} does not replay: {refusal}"
        return None

    return workflows.in_a_thread(replay())


async def _start(client: Client, workflow: type, order: Order, queue: str) -> WorkflowHandle[Any, Any]:
    run: Any = workflow.run  # type: ignore[attr-defined]
    return await client.start_workflow(run, order, id=f"lab04-{order.event_id}", task_queue=queue)


async def _killed_in_the_middle(client: Client, write: Callable[..., None], order: Order) -> play.Run:
    workflow: Any = source.reference(LAB_NAME, "CollectPayment")
    queue = play.own_queue()
    handle = await _start(client, workflow, order, queue)
    with WorkerProcess(workflow, write, queue, dawdles=True) as worker:
        await asyncio.to_thread(worker.wait_for_the_charge)
    with WorkerProcess(workflow, write, queue):
        return await play.outcome(handle, patience_s=20)


async def _tell_three_times(client: Client, attempt: Attempt, workflow: type, order: Order) -> starting.Told:
    queue = play.own_queue()
    answers = [await _answer(attempt, client, order, queue) for _ in range(2)]
    async with play.worker(client, workflow, world.World().activities(), task_queue=queue):
        await _ended(client, queue)
        answers.append(await _answer(attempt, client, order, queue))
        runs = await _ended(client, queue)
    return starting.Told(answers, runs, order.event_id)


async def _answer(attempt: Attempt, client: Client, order: Order, queue: str) -> object:
    made = attempt(client, order, queue)
    return await made if asyncio.iscoroutine(made) else made


async def _ended(client: Client, queue: str) -> list[tuple[str, str]]:
    """Return id and status of all that was started on a queue, once none of it runs any more."""
    async with asyncio.timeout(play.PATIENCE_S):
        while True:
            await asyncio.sleep(SETTLED_S)  # the server lists a workflow a moment after it has started it
            found = [one async for one in client.list_workflows(f"TaskQueue = '{queue}'")]
            states = [(one.id, one.status.name if one.status else "") for one in found]
            if all(status != "RUNNING" for _, status in states):
                return states


async def _remind(client: Client, workflow: type, diary: Diary, *, pays: bool) -> play.Run:
    queue, order = play.own_queue(), an_order()
    handles: list[WorkflowHandle[Any, Any]] = []
    remind = world.reminding(lambda: handles[0] if pays else None)
    async with play.worker(client, workflow, [remind], task_queue=queue, runner=JumpingClock(diary)):
        handles.append(await _start(client, workflow, order, queue))
        return await play.outcome(handles[0], REMINDED_S)


def _write(attempt: Attempt, dsn: str, order: Order) -> None:
    with psycopg.connect(dsn) as connection:
        attempt(connection, order)
