"""What a workflow must not ask, for a replay would hear another answer: clocks, chance, and sleeping threads."""

import dis
import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Final

FORBIDDEN: Final = {
    ("datetime", "now"): "`workflow.now()`, the time that the history tells",
    ("datetime", "utcnow"): "`workflow.now()`, the time that the history tells",
    ("time", "time"): "`workflow.time()`, the time that the history tells",
    ("time", "sleep"): "`await workflow.sleep(…)`: this one stops the thread and all workflows in it",
    ("uuid", "uuid4"): "`workflow.uuid4()`, the same in each replay",
    ("random", "random"): "`workflow.random()`, the same in each replay",
    ("random", "choice"): "`workflow.random().choice(…)`, the same in each replay",
    ("random", "randint"): "`workflow.random().randint(…)`, the same in each replay",
}


def mistake(workflow: type) -> str | None:
    """Return the first call in a workflow's methods that a replay would answer in another way, None if none is seen."""
    for _, method in inspect.getmembers(workflow, inspect.isfunction):
        for pair in _pairs(method.__code__):
            if pair in FORBIDDEN:
                return f"the workflow calls `{'.'.join(pair)}`, which a replay answers differently: {FORBIDDEN[pair]}"
    return None


def _pairs(code: CodeType) -> Iterator[tuple[str, str]]:
    """Yield each name together with the attribute that is taken from it, in functions within this one too."""
    before = ""
    for instruction in dis.get_instructions(code):
        name = str(instruction.argval)
        if instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            yield before, name
        before = name
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _pairs(constant)
