"""Serving the gateway: in the foreground as a process, or in a thread for a lab or a test."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.contracts.errors import LakehouseError
from services.gateway.protocol import GatewayProtocol
from services.gateway.settings import GatewaySettings

_DRAIN_S: Final = 10
_START_S: Final = 10.0


class NotStartedError(LakehouseError):
    """The gateway could not start serving."""


def server(
    app: Starlette, settings: GatewaySettings, *, protocol: type[HttpToolsProtocol] = GatewayProtocol
) -> uvicorn.Server:
    """Return the server, on the port of the settings' URL. On SIGTERM it finishes the requests that it has."""
    config = uvicorn.Config(
        app,
        host=settings.bind_host,
        port=urlsplit(settings.url).port or 80,
        loop="uvloop",
        http=protocol,
        ws="none",
        lifespan="on",
        limit_concurrency=settings.max_connections,
        timeout_graceful_shutdown=_DRAIN_S,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=None,
    )
    return uvicorn.Server(config)


@contextmanager
def in_background(app: Starlette, settings: GatewaySettings) -> Iterator[str]:
    """Serve in a thread while the block runs; gives the URL.

    Raises:
        NotStartedError: nothing serves there after 10 s, for example because the port is taken.
    """
    running = server(app, settings)
    thread = threading.Thread(target=_run, args=[running], name="gateway", daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_S
    while not running.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise NotStartedError(f"the gateway did not start at {settings.url}; is the port taken?")
        time.sleep(0.01)
    try:
        yield settings.url
    finally:
        running.should_exit = True
        thread.join()


def _run(running: uvicorn.Server) -> None:
    # uvicorn leaves by SystemExit when it cannot start, having logged why.
    try:
        running.run()
    except SystemExit:
        return
