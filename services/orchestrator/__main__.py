"""`python -m services.orchestrator`: run consumers and worker until SIGTERM."""

import logging
import os
import sys

import uvloop

from services.contracts.logs import configure
from services.orchestrator.bootstrap import bootstrap
from services.orchestrator.settings import OrchestratorSettings


def main() -> None:
    """Run the orchestrator in this process."""
    configure("orchestrator")
    uvloop.run(bootstrap(OrchestratorSettings()).serve())
    # All is closed. Threads of Temporal's SDK may still touch the interpreter while it is torn down, which aborts the
    # process (https://github.com/temporalio/sdk-python/issues/300), so there is no tearing down.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
