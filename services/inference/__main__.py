"""`python -m services.inference`: serve until SIGTERM."""

import sys

from pydantic import ValidationError

from services.contracts.errors import LakehouseError
from services.contracts.logs import configure
from services.inference.bootstrap import bootstrap
from services.inference.settings import InferenceSettings


def main() -> None:
    """Run the service in this process."""
    configure("inference")
    try:
        settings = InferenceSettings()
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        sys.exit(f"{error.title}: {faults}")
    except LakehouseError as error:
        sys.exit(str(error))
    bootstrap(settings).run()


if __name__ == "__main__":
    main()
