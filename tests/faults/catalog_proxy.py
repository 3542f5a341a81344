"""An HTTP proxy in front of the real catalog: a test decides what becomes of each commit and of its answer."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

from services.contracts.settings import Catalog, ObjectStore

NOT_HANDED_ON = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"}
GATEWAY_TIMEOUT = 504
TIMEOUT_S = 60.0

Answer = tuple[int, bytes]
Forward = Callable[[], Answer]


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


class CatalogProxy:
    """`url` is the catalog's address through the proxy."""

    def __init__(self, port: int, upstream: str) -> None:
        self.url = f"http://127.0.0.1:{port}{urlsplit(upstream).path}"
        self.commits = 0
        self.answered: list[int] = []
        self.reached = threading.Event()
        self.release = threading.Event()
        self._behaviour: Callable[[Forward], Answer] = lambda forward: forward()

    def hold_requests(self) -> None:
        """Keep commits from the catalog until `release` is set; `reached` tells that one came."""
        self._behaviour = self._hold_request

    def hold_answers(self) -> None:
        """Let commits land, and keep their answers back until `release` is set; `reached` tells that one landed."""
        self._behaviour = self._hold_answer

    def answer_504(self) -> None:
        """Let the next commit land, and answer that the gateway timed out."""
        self._behaviour = lambda forward: self._once(forward, lambda: (GATEWAY_TIMEOUT, b"{}"))

    def drop_answer(self) -> None:
        """Let the next commit land, and close the connection."""

        def drop() -> Answer:
            raise DroppedError

        self._behaviour = lambda forward: self._once(forward, drop)

    def commit(self, forward: Forward) -> Answer:
        self.commits += 1
        return self._behaviour(lambda: self._recorded(forward()))

    def _recorded(self, answer: Answer) -> Answer:
        self.answered.append(answer[0])
        return answer

    def _hold_request(self, forward: Forward) -> Answer:
        self.reached.set()
        self.release.wait(TIMEOUT_S)
        return forward()

    def _hold_answer(self, forward: Forward) -> Answer:
        answer = forward()
        self.reached.set()
        self.release.wait(TIMEOUT_S)
        return answer

    def _once(self, forward: Forward, then: Callable[[], Answer]) -> Answer:
        status, body = forward()
        assert status == httpx.codes.OK, body
        self._behaviour = lambda forward: forward()
        self.reached.set()
        return then()


def is_commit(method: str, body: bytes) -> bool:
    """Tell whether a request adds a snapshot; a change of properties or of the schema is none."""
    if method != "POST" or not body.startswith(b"{"):
        return False
    return any(update.get("action") == "add-snapshot" for update in json.loads(body).get("updates", ()))


@contextmanager
def running(*, object_store: str = "") -> Iterator[CatalogProxy]:
    """Run a proxy of this clone's catalog while the block runs.

    `object_store` is told to clients in place of the object store's own URL: a catalog that vends keys tells it, too.
    """
    upstream = Catalog().uri
    base = upstream.removesuffix(urlsplit(upstream).path)
    client = httpx.Client(base_url=base, timeout=TIMEOUT_S)
    own = ObjectStore().endpoint
    told = (own.encode(), (object_store or own).encode())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_HANDED_ON}

            def forward() -> Answer:
                response = client.request(self.command, self.path, headers=headers, content=body)
                return response.status_code, response.content.replace(*told)

            try:
                status, content = proxy.commit(forward) if is_commit(self.command, body) else forward()
            except DroppedError:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 - the base class's names

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that was killed does not read its answer."""

    server = Server(("127.0.0.1", 0), Handler)
    proxy = CatalogProxy(server.server_address[1], upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
        client.close()
