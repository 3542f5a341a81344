"""Whether a benchmark's own HTTP servers listen."""

import httpx


def answers(url: str) -> bool:
    """Tell whether somebody answers there by now, whatever the answer."""
    try:
        httpx.get(f"{url}/readyz")
    except httpx.TransportError:
        return False
    return True
