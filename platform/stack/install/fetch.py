"""Download a file so that an interrupted one goes on, and a corrupted one is thrown away."""

import hashlib
from pathlib import Path

import httpx
import stamina

from stack.errors import StackError
from stack.progress import Step

CHUNK_BYTES = 1 << 20
PUBLISHED_DIGESTS = ("sha512", "sha256", "sha1")
TRANSIENT = (httpx.TransportError, httpx.HTTPStatusError)


class NotPublishedError(StackError):
    """The source answered, and it has no such file."""


def download(url: str, target: Path, step: Step) -> Path:
    """Download `url` to `target`, verified by the strongest digest published beside it, and return `target`.

    A `.part` file left by an interruption is continued. Raises NotPublishedError if the source has no such file,
    StackError if it cannot be reached or what came does not match its digest (it is deleted then).
    """
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(60, connect=15)) as client:
            _transfer(client, url, part, step)
            _verify(client, url, part)
    except httpx.HTTPError as error:
        remedy = "Check the connection (a proxy?), then run the same command again: it goes on where it stopped."
        raise StackError(f"{target.name} could not be downloaded: {type(error).__name__}: {error}", remedy) from error
    part.replace(target)
    return target


@stamina.retry(on=TRANSIENT, attempts=5, timeout=None)
def _transfer(client: httpx.Client, url: str, part: Path, step: Step) -> None:
    have = part.stat().st_size if part.exists() else 0
    with client.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # the whole file is here already; its digest decides
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN):
            raise NotPublishedError(f"{url.rsplit('/', 1)[-1]} is not published at its source any more.")
        response.raise_for_status()
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        done = have if resumed else 0
        length = response.headers.get("content-length")
        total = done + int(length) if length else None
        with part.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_bytes(CHUNK_BYTES):
                file.write(chunk)
                done += len(chunk)
                step.update(f"{part.stem}, {done >> 20} MiB", done, total)


def _verify(client: httpx.Client, url: str, part: Path) -> None:
    for algorithm in PUBLISHED_DIGESTS:
        published = client.get(f"{url}.{algorithm}")
        if published.status_code != httpx.codes.OK:
            continue
        expected = published.text.split()[0].lower()
        with part.open("rb") as file:
            actual = hashlib.file_digest(file, algorithm).hexdigest()
        if actual == expected:
            return
        part.unlink()
        problem = f"{part.stem} arrived corrupted: its {algorithm} is {actual[:12]}…, published is {expected[:12]}…"
        raise StackError(problem, "It was deleted. Run the same command again.")
