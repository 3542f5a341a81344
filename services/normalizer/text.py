"""Text fields: placeholders for "nothing" become None."""

from typing import Final

from services.normalizer.errors import NormalizationError

PLACEHOLDERS: Final = frozenset({"", "null", "none", "nil", "nan", "n/a", "undefined"})
"""What other systems write for "nothing", in lower case. Not "na": that is the ISO 3166 code of Namibia."""


def optional_text(field: str, value: str | None) -> str | None:
    """Return the text without surrounding white space, or None where it only stands for "nothing".

    Raises:
        NormalizationError: it holds a NUL character, which PostgreSQL cannot store.
    """
    if value is None:
        return None
    text = value.strip()
    if "\x00" in text:
        raise NormalizationError(field, "holds a NUL character")
    return None if text.lower() in PLACEHOLDERS else text


def required_text(field: str, value: str | None) -> str:
    """Return the text without surrounding white space.

    Raises:
        NormalizationError: it is null, stands for "nothing", or holds a NUL character.
    """
    text = optional_text(field, value)
    if text is None:
        raise NormalizationError(field, "is required, but null or a placeholder for it")
    return text
