"""Definitions on their way to another process. It need not import their modules, which would take it seconds."""

import sys
from collections.abc import Iterable
from typing import Any

import cloudpickle  # type: ignore[import-untyped]


def dumps(job: object, definitions: Iterable[Any]) -> bytes:
    """Return a job pickled; these functions and classes in it travel as code, whichever module they are of."""
    # What is of `__main__`, as all that a notebook defines, travels as code anyway.
    names = {definition.__module__ for definition in definitions} - {"__main__"}
    modules = [sys.modules[name] for name in names]
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        pickled: bytes = cloudpickle.dumps(job)
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)
    return pickled
