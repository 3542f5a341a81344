"""Bring the platform up and down: what in which order, what to wait for, what to say."""

import shutil
import time
from collections.abc import Iterable
from itertools import groupby

from services.contracts.settings import state_dir
from stack import doctor, probes, state_id
from stack.catalog import choose
from stack.context import Choices, Context
from stack.errors import StackError
from stack.installing import install
from stack.manifest import Spec, servers, specs, with_needs
from stack.paths import data_dir, log_file
from stack.progress import Reporter
from stack.servers.base import Program, Server
from stack.servers.registry import every_server, server
from stack.snapshots import swap
from stack.supervise import Supervisor

READY_WITHIN_S = 180
LOG_LINES = 15


def up(names: tuple[str, ...], context: Context, reporter: Reporter) -> Context:
    """Install, start and wait for the named servers and what they need. Does nothing for those that are ready.

    Raises StackError: nothing was started if something is missing; what was started stays if a server fails.
    """
    wanted = with_needs(names or servers())
    swap.finish()
    supervisor = Supervisor()
    running = _running(supervisor)
    if _is_up(wanted, running, supervisor, context):
        reporter.say(f"Already up: {', '.join(spec.name for spec in wanted)}.")
        return context
    doctor.require(tuple(spec for spec in wanted if spec.name not in running), context)
    with reporter.live():
        if any(spec.name == "catalog" for spec in wanted):
            context = choose(context, reporter)
        install([server(spec.name, context) for spec in wanted], reporter)
        context.write_environment()
        supervisor.configure(_programs(context))
        running = _running(supervisor)  # fewer than before if a new version of this clone changed a command
        for _, tier in groupby(wanted, key=lambda spec: spec.order):
            _start([server(spec.name, context) for spec in tier], running, supervisor, reporter)
    return context


def _is_up(wanted: tuple[Spec, ...], running: set[str], supervisor: Supervisor, context: Context) -> bool:
    """Tell whether the wanted ones are ready, and as this version of the clone would run them."""
    return (
        all(spec.name in running for spec in wanted)
        and supervisor.configured(_programs(context))
        and all(probes.ready(spec, context) for spec in wanted)
    )


def _programs(context: Context) -> dict[str, Program]:
    return {each.name: each.program() for each in every_server(context) if each.installed()}


def _running(supervisor: Supervisor) -> set[str]:
    return {name for name, (state, _, _) in supervisor.states().items() if state == "running"}


def keep(context: Context) -> Context:
    """Make this context the clone's, and return it. Raises StackError if the platform runs otherwise."""
    if context.choices != Choices.load():
        if _running(Supervisor()):
            raise StackError("The platform runs on other ports or another backend.", "`lakehouse down`, then again.")
        context.choices.save()
    return context


def _start(tier: list[Server], running: set[str], supervisor: Supervisor, reporter: Reporter) -> None:
    for each in tier:
        if each.name not in running:
            each.prepare()
            supervisor.start(each.name)
    started = time.monotonic()
    waiting = {each.name: each for each in tier}
    while waiting:
        for each in list(waiting.values()):
            if probes.ready(each.spec, each.context):
                each.provision()
                if each.name not in running:
                    reporter.say(f"✓ {each.name} ready ({time.monotonic() - started:.1f} s)")
                del waiting[each.name]
            elif supervisor.states()[each.name][0] not in ("running", "starting"):
                raise _died(each.name, "ended while it was starting")
        if waiting and time.monotonic() - started > READY_WITHIN_S:
            raise _died(next(iter(waiting)), f"was not ready after {READY_WITHIN_S} s")
        time.sleep(0.1)


def _died(name: str, how: str) -> StackError:
    shown = "\n    ".join(last_lines(name, LOG_LINES)) or "(nothing)"
    return StackError(
        f"{name} {how}. The last lines of its log:\n    {shown}", f"The whole log: `lakehouse logs {name}`."
    )


def last_lines(name: str, count: int) -> list[str]:
    """Return the last lines of a process's log."""
    path = log_file(name)
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:] if path.exists() else []


def down(reporter: Reporter, names: Iterable[str] = ()) -> None:
    """Stop the named ones, or everything and the supervisor. Services stop before the servers they use."""
    supervisor = Supervisor()
    alive = [name for name, (_, pid, _) in supervisor.states().items() if pid]
    if not supervisor.running():
        reporter.say("Nothing is running.")
        return
    chosen = [spec for spec in specs().values() if spec.name in alive and (not names or spec.name in names)]
    for _, tier in groupby(sorted(chosen, key=_stop_order), key=_stop_order):
        supervisor.stop([spec.name for spec in tier])
    if not names:
        supervisor.shutdown()
    reporter.say(f"Stopped {', '.join(spec.name for spec in chosen) or 'nothing else'}.")


def _stop_order(spec: Spec) -> int:
    return -spec.order


def reset(context: Context, reporter: Reporter) -> None:
    """Stop everything, delete all servers' data, ledger, features, models and logs; keep the learner's progress."""
    down(reporter)
    swap.discard()
    for each in every_server(context):
        each.wipe()
    for folder in (data_dir(""), *(state_dir() / name for name in ("ledger", "dagster", "logs", "feast", "training"))):
        shutil.rmtree(folder, ignore_errors=True)
    Choices(port_offset=context.choices.port_offset, backend=context.choices.backend).save()
    state_id.renew()
    reporter.say("All data of this clone is deleted; installed servers, secrets and the learner's progress are kept.")
