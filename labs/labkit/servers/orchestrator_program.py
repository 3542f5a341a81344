"""The orchestrator with the parts that come on stdin, until SIGTERM. Without labkit, so that it starts quickly."""

import asyncio
import os
import sys

import cloudpickle  # type: ignore[import-untyped]

from services.orchestrator.bootstrap import bootstrap

if __name__ == "__main__":
    settings, overrides = cloudpickle.load(sys.stdin.buffer)
    asyncio.run(bootstrap(settings, **overrides).serve())
    # As in services/orchestrator/__main__.py: threads of Temporal's SDK would abort a process that is torn down.
    os._exit(0)
