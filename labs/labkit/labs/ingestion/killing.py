"""Exercise 3: a batch that is killed after each of its calls, for real, and the next one that has to mend it."""

import inspect
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from labkit import source
from labkit.attempt import Attempt, is_stub
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.ingestion import arriving, audit_of
from labkit.labs.ingestion.steps import Steps
from labkit.labs.ingestion.world import World
from labkit.panel import Panel, Tone
from labkit.servers import by_value, own_process
from labkit.spec import Passed

Load = Callable[[Steps, Callable[[], str]], object]
Said = dict[str, Any]
PROGRAM: Final = Path(__file__).with_name("kill_program.py")
WITHIN_S: Final = 600
KILLED: Final = -signal.SIGKILL
BUSY: Final = -signal.SIGPROF
CHECKS: Final = World("lab06_killed")


def check(attempt: Attempt) -> Passed:
    """Kill a batch of the learner's after its first call, the next after its second, and so on; then count."""
    load = attempt.written()
    CHECKS.start_over()
    CHECKS.arrive(5)
    said = _run(CHECKS, load)
    died = [one["died_after"] for one in said if "died_after" in one]
    if mistake := _mistake(said, died):
        raise WrongAnswerError(mistake)
    table = CHECKS.table()
    return Passed(
        "killed after every call that changes something, and each payment is in the table once, and marked",
        {
            "killed after": ", ".join(died),
            "payments": f"{table.scan().count()} in the table, as many marked in PostgreSQL",
            "snapshots": f"{len(table.snapshots())}, one for each batch",
        },
    )


def kill(world: World, load: Load, *, after: str) -> Panel:
    """Run a batch in a process of its own and kill it with SIGKILL after its first call of this name."""
    [died, ended] = _run(world, _itself(load), after)
    if ended["ended"] != KILLED:
        raise LabError(f"the batch was to be killed after `{after}`, and ended with {ended['ended']}")
    return Panel(
        f"killed after `{died['died_after']}`", Tone.WARNING, lines=("SIGKILL: no last words, no tidying up.",)
    )


def _itself(load: Load) -> Load:
    """Return a function without what `lab.exercise` wrapped around it, which cannot go to another process."""
    written = inspect.unwrap(load)
    return source.reference("06_ingestion", "load") if is_stub(written) else written


def _run(world: World, load: Load, only_after: str | None = None) -> list[Said]:
    job = {
        "settings": world.settings,
        "steps": Steps,
        "load": load,
        "audit": audit_of.audit,
        "arrive": arriving.arrive_at,
        "only_after": only_after,
    }
    packed = by_value.dumps(job, [Steps, load, audit_of.audit, arriving.arrive_at])
    process = own_process.spawn(PROGRAM, packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with process:
        try:
            told, _ = process.communicate(timeout=WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise LabError(f"the program that is killed was still busy after {WITHIN_S} s") from None
    said = [json.loads(line) for line in told.splitlines() if line.startswith(b"{")]
    if not said or "ended" not in said[-1]:
        raise LabError(f"the program that is killed ended by itself with {process.returncode}")
    return said


def _mistake(said: list[Said], died: list[str]) -> str | None:  # noqa: PLR0911 - one for each mistake
    when = f"a batch was killed after `{died[-1]}` and the next one ran to its end" if died else "one batch ran"
    if said[-1]["ended"] == BUSY:
        return f"{when}, or rather did not: it was still busy after five seconds of processor time"
    if raised := next((one for one in said if "raised" in one), None):
        return f"{when}: `load` raised {raised['raised']}: {raised['message']}"
    books = [one for one in said if "lost" in one][-1]
    if books["lost"]:
        return f"{when}: {books['lost']} payments are marked as loaded, and no snapshot has them. {_lost(books, died)}"
    if books["doubled"]:
        return (
            f"{when}: {books['doubled']} payments are in the table twice. The killed one had committed; "
            "the table knows that, and was not asked: `steps.holds(batch_id)`"
        )
    if books["waiting"]:
        return f"{when}: {books['waiting']} payments still wait in PostgreSQL. {_waiting(books, died)}"
    if books["empty"]:
        return "nothing waited, and a snapshot without rows was made all the same: `claim` says how many rows there are"
    return None


def _lost(books: Said, died: list[str]) -> str:
    if books["ids"] == 1:
        return "Every batch had the same id, so the table seemed to have the new one: `new_id()` makes one for each"
    if died and died[-1] == "mark":
        return "The killed one had marked what it had not committed yet"
    return "The next one marked the open batch without looking whether the table has it: `steps.holds(batch_id)`"


def _waiting(books: Said, died: list[str]) -> str:
    if books["unmarked"]:
        return "The table has them: a batch is not done until it is marked"
    if died:
        return "They belong to a batch that was claimed and never finished: begin with `steps.open_batches()`"
    return "No batch took them: an id is claimed before it is read"
