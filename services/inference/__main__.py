"""`python -m services.inference`: serve until SIGTERM."""

from services.contracts.logs import configure
from services.inference.bootstrap import bootstrap
from services.inference.settings import InferenceSettings


def main() -> None:
    """Run the service in this process."""
    configure("inference")
    bootstrap(InferenceSettings()).run()


if __name__ == "__main__":
    main()
