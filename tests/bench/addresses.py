"""Where a benchmark's own HTTP servers listen."""

import socket

import httpx


def free_url() -> str:
    """Return a URL on this machine at which nothing listens yet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def answers(url: str) -> bool:
    """Tell whether somebody answers there by now, whatever the answer."""
    try:
        httpx.get(f"{url}/readyz")
    except httpx.TransportError:
        return False
    return True
