"""`python -m services.orchestrator`: run consumers and worker until SIGTERM."""

import asyncio

from services.contracts.logs import configure
from services.orchestrator.bootstrap import bootstrap
from services.orchestrator.settings import OrchestratorSettings


def main() -> None:
    """Run the orchestrator in this process."""
    configure("orchestrator")
    asyncio.run(bootstrap(OrchestratorSettings()).serve())


if __name__ == "__main__":
    main()
