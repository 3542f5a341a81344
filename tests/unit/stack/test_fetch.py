"""The download, against a real HTTP server that knows ranges."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.install.fetch import NotPublishedError, download
from stack.progress import Reporter, Step

CONTENT = bytes(range(256)) * 4096


class Source(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT as /good and /bad, with ranges; beside /good its digest, beside /bad another's."""

    def do_GET(self) -> None:
        digests = {"/good.sha512": hashlib.sha512(CONTENT), "/bad.sha512": hashlib.sha512(b"other")}
        if self.path in digests:
            self._answer(200, digests[self.path].hexdigest().encode())
        elif self.path in ("/good", "/bad"):
            start = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
            self.server.starts.append(start)  # type: ignore[attr-defined] # what the tests ask for
            self._answer(206 if start else 200, CONTENT[start:])
        else:
            self._answer(404, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        """Stay quiet."""


@pytest.fixture
def source() -> Iterator[http.server.HTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Source)
    server.starts = []  # type: ignore[attr-defined] # see Source
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def step() -> Step:
    return Step(Reporter(), "test")


def _url(source: http.server.HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{source.server_address[1]}{path}"


def test_a_download_arrives_whole(source: http.server.HTTPServer, tmp_path: Path, step: Step) -> None:
    assert download(_url(source, "/good"), tmp_path / "file", step).read_bytes() == CONTENT


def test_an_interrupted_download_goes_on(source: http.server.HTTPServer, tmp_path: Path, step: Step) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    assert download(_url(source, "/good"), tmp_path / "file", step).read_bytes() == CONTENT
    assert source.starts == [1000]  # type: ignore[attr-defined] # see Source


def test_a_corrupted_download_is_named_and_thrown_away(
    source: http.server.HTTPServer, tmp_path: Path, step: Step
) -> None:
    with pytest.raises(StackError, match="file arrived corrupted"):
        download(_url(source, "/bad"), tmp_path / "file", step)
    assert list(tmp_path.iterdir()) == []


def test_a_corrupted_beginning_is_found_out(source: http.server.HTTPServer, tmp_path: Path, step: Step) -> None:
    (tmp_path / "file.part").write_bytes(b"x" * 1000)
    with pytest.raises(StackError, match="corrupted"):
        download(_url(source, "/good"), tmp_path / "file", step)
    assert download(_url(source, "/good"), tmp_path / "file", step).read_bytes() == CONTENT


def test_what_is_not_published_is_said_so(source: http.server.HTTPServer, tmp_path: Path, step: Step) -> None:
    with pytest.raises(NotPublishedError, match="not published"):
        download(_url(source, "/absent"), tmp_path / "file", step)


def test_a_file_that_is_there_is_not_asked_for(tmp_path: Path, step: Step) -> None:
    (tmp_path / "file").write_bytes(b"here")
    assert download("http://127.0.0.1:1/good", tmp_path / "file", step).read_bytes() == b"here"
