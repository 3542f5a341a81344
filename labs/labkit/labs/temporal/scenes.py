"""What the notebook's cells show: a worker to kill, a history to read, weeks that pass in a second, a replay."""

import inspect
from collections.abc import Callable

from temporalio.client import WorkflowHandle, WorkflowHistory

from labkit import source
from labkit.attempt import is_stub
from labkit.labs.temporal import play, replaying, world
from labkit.labs.temporal.clock import Diary, JumpingClock
from labkit.labs.temporal.job import WorkerProcess
from labkit.labs.temporal.shop import Order, an_order
from labkit.panel import Panel, Tone
from labkit.servers import workflows


def worker_process(workflow: type, write_charge: Callable[..., None], *, dawdles: bool = False) -> WorkerProcess:
    """Start a worker in a process of its own; one that `dawdles` writes the charge and then hangs."""
    written = inspect.unwrap(write_charge)
    if is_stub(written):
        written = source.reference("04_temporal", "write_charge")
    return WorkerProcess(workflow, written, play.TASK_QUEUE, dawdles=dawdles)


async def order_and_start(workflow: type) -> tuple[Order, "WorkflowHandle[object, object]"]:
    """Start a workflow for a fresh order; whether there is a worker is another matter."""
    order, client = an_order(), await workflows.connect()
    return order, await client.start_workflow(
        workflow.__name__, order, id=f"lab04-{order.event_id}", task_queue=play.TASK_QUEUE
    )


def history_panel(history: WorkflowHistory) -> Panel:
    """Return a history as Temporal's UI lists it."""
    return Panel("What Temporal wrote down", Tone.INFO, table=(("", "event", "what"), *workflows.lines(history)))


async def two_weeks(workflow: type) -> Panel:
    """Run the workflow of an order that nobody pays on a clock that jumps, and return what it did when."""
    diary, client, order, queue = Diary(), await workflows.connect(), an_order(), play.own_queue()
    remind = world.reminding(lambda: None)
    async with play.worker(client, workflow, [remind], task_queue=queue, runner=JumpingClock(diary)):
        handle: WorkflowHandle[object, object] = await client.start_workflow(
            workflow.__name__, order, id=f"lab04-{order.event_id}", task_queue=queue
        )
        run = await play.outcome(handle)
    rows = [(f"day {moment.after.days}", moment.what) for moment in diary.moments[run.workflow_id]]
    return Panel(
        f"nobody pays: {run.result or run.error or 'still waiting'}", Tone.INFO, table=(("when", "what"), *rows)
    )


async def replay(workflow: type, history: WorkflowHistory) -> str:
    """Run a workflow's code over a history that is already written, and return what came of it."""
    return await replaying.refusal(workflow, history) or "the same decisions"
