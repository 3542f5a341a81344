"""Randomness that repeats: the same words give the same dice, in every process and on every machine."""

import random

DAY_S = 86_400
HOUR_S = 3_600


def dice(*words: object) -> random.Random:
    """Return a random generator of its own for these words: `dice("customer", 7, 42)`.

    Seeded by text, which Python hashes by SHA-512, so that PYTHONHASHSEED has no part in it.
    """
    return random.Random("/".join(map(str, words)))  # noqa: S311 - a simulation is to be repeatable
