"""The real inference service, in this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from services.inference.bootstrap import bootstrap
from services.inference.settings import InferenceSettings


@contextmanager
def inference_service() -> Iterator[str]:
    """Yield the URL of a service with the baseline rules, on a free port."""
    server = bootstrap(InferenceSettings(url="http://127.0.0.1:0"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the inference service ended while it was starting"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
