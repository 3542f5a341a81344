"""`python -m services.normalizer`: run the normalizer until SIGTERM."""

import asyncio

from services.contracts.logs import configure
from services.normalizer.bootstrap import bootstrap
from services.normalizer.settings import NormalizerSettings

if __name__ == "__main__":
    configure("normalizer")
    asyncio.run(bootstrap(NormalizerSettings()).serve())
