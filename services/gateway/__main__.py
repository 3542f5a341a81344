"""`python -m services.gateway`: serve until SIGTERM."""

import signal
import sys

from pydantic import ValidationError

from services.contracts import logs
from services.contracts.errors import LakehouseError
from services.gateway.bootstrap import bootstrap
from services.gateway.server import server
from services.gateway.settings import GatewaySettings


def main() -> None:
    """Parse the settings, wire the parts, serve."""
    logs.configure("gateway")
    try:
        settings = GatewaySettings()
        app = bootstrap(settings)
    except ValidationError as error:
        # Without the values: one of them may be a secret.
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        sys.exit(f"{error.title} settings: {faults}; `lakehouse up` writes what is missing")
    except LakehouseError as error:
        sys.exit(str(error))
    # uvicorn takes SIGTERM, finishes, and sends it again; with Python's default that would end us without a last word.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server(app, settings).run()


if __name__ == "__main__":
    main()
