"""Connections that a test cuts, slows and stalls: toxiproxy, through its HTTP API.

Source: https://github.com/Shopify/toxiproxy#http-api
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx

from stack import lifecycle, ports
from stack.context import LOCALHOST, Context
from stack.progress import Reporter

PORTS: Final = {
    "postgres": "sql",
    "minio": "api",
    "inference": "http",
    "temporal": "grpc",
    "kafka": "behind_proxy",
    "gateway": "http",
}
_STALL_MS: Final = 3_600_000
"""Held back rather than dropped: toxiproxy's own `timeout` closes the connections when it is taken away."""


class Proxy:
    """One address that leads to a server, as long as the test wants it to."""

    def __init__(self, api: httpx.Client, name: str, port: int) -> None:
        self._api = api
        self._path = f"/proxies/{name}"
        self.port = port

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"{LOCALHOST}:{self.port}"

    @property
    def url(self) -> str:
        """The same as an http URL."""
        return f"http://{self.address}"

    def cut(self) -> None:
        """Reset every connection, and refuse new ones."""
        self._toxic("reset_peer", "upstream", timeout=0)
        self._toxic("reset_peer", "downstream", timeout=0)
        self._call("POST", self._path, json={"enabled": False})

    def cut_after(self, sent_bytes: int) -> None:
        """Close each connection once so much was sent over it: the first messages pass, a long one does not."""
        self._toxic("limit_data", "upstream", bytes=sent_bytes)

    def slow(self, milliseconds: int) -> None:
        """Let each answer take this much longer."""
        self._toxic("latency", "downstream", latency=milliseconds)

    def stall(self) -> None:
        """Let nothing through, either way, on connections that stay; `mend` delivers what was held back."""
        self._toxic("latency", "upstream", latency=_STALL_MS)
        self._toxic("latency", "downstream", latency=_STALL_MS)

    def mend(self) -> None:
        """Be a good connection again."""
        for toxic in self._call("GET", f"{self._path}/toxics").json():
            self._call("DELETE", f"{self._path}/toxics/{toxic['name']}")
        self._call("POST", self._path, json={"enabled": True})

    def remove(self) -> None:
        """Close it for good."""
        self._call("DELETE", self._path)

    def _toxic(self, kind: str, stream: str, **attributes: int) -> None:
        name = f"{kind}_{stream}"
        toxic: dict[str, Any] = {"name": name, "type": kind, "stream": stream, "attributes": attributes}
        if self._api.get(f"{self._path}/toxics/{name}").is_success:
            self._call("POST", f"{self._path}/toxics/{name}", json=toxic)
        else:
            self._call("POST", f"{self._path}/toxics", json=toxic)

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        return self._api.request(method, path, **options).raise_for_status()


class Proxies:
    """Makes proxies; one per server."""

    def __init__(self, api: httpx.Client, context: Context) -> None:
        self._api = api
        self._context = context
        self._made: dict[str, Proxy] = {}

    def to(self, server: str) -> Proxy:
        """Return the proxy in front of a server: postgres, minio, kafka, temporal, inference or gateway.

        Kafka's address is the bootstrap address of a listener of its own, which sends its clients back to the proxy.
        """
        if server not in self._made:
            upstream = self._context.port(server, PORTS[server])
            listen = self._context.port("toxiproxy", "kafka") if server == "kafka" else 0
            assert server != "kafka" or not ports.free(upstream), "Kafka is older than its second listener: stop it"
            definition = {"name": server, "listen": f"{LOCALHOST}:{listen}", "upstream": f"{LOCALHOST}:{upstream}"}
            answer = self._api.post("/proxies", json=definition).raise_for_status().json()
            self._made[server] = Proxy(self._api, server, int(answer["listen"].rpartition(":")[2]))
        return self._made[server]

    def remove(self) -> None:
        """Close all proxies."""
        while self._made:
            self._made.popitem()[1].remove()


@contextmanager
def running() -> Iterator[Proxies]:
    """Start toxiproxy if need be; the proxies made are gone after the block."""
    context = lifecycle.up(("toxiproxy",), Context.load(), Reporter())
    with httpx.Client(base_url=context.url("toxiproxy", "api"), timeout=10) as api:
        api.post("/reset").raise_for_status()
        for name in api.get("/proxies").json():  # of a test that was interrupted
            api.delete(f"/proxies/{name}").raise_for_status()
        proxies = Proxies(api, context)
        try:
            yield proxies
        finally:
            proxies.remove()
