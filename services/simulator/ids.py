"""Stripe-looking ids: a prefix and 24 letters and digits."""

import hashlib
import string
from typing import Final

_ALPHABET: Final = string.digits + string.ascii_letters
_LENGTH: Final = 24


def stripe_id(prefix: str, *parts: object) -> str:
    """Return the id that these parts always give: `stripe_id("evt", "run-1", 7)` is `evt_` and 24 characters."""
    number = int.from_bytes(hashlib.sha256("/".join(map(str, (prefix, *parts))).encode()).digest())
    letters = []
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return f"{prefix}_{''.join(letters)}"
