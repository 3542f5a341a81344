"""Ways in which systems write "nothing", and what can be wrong with a learner's `clean`. Pure."""

from collections.abc import Callable
from typing import Any, Final

from labkit.errors import WrongAnswerError

NOTHING: Final = ("", "   ", "null", "NULL", "None", "N/A", "n/a", "undefined", " null ", "NaN")
SOMETHING: Final = {
    "cus_1": "cus_1",
    " cus_1\n": "cus_1",
    "Café": "Café",
    "NA": "NA",
    "0": "0",
    "Nullarbor Coffee": "Nullarbor Coffee",
    "Nonesuch": "Nonesuch",
}
_WHY: Final = {
    " cus_1\n": "white space around it is not part of it",
    "NA": "it is Namibia's code in ISO 3166, and a card may come from there",
    "0": "a zero is something",
    "Nullarbor Coffee": "a name may begin with `null`; compare the whole text",
    "Nonesuch": "a name may begin with `none`; compare the whole text",
    "Café": "change nothing about it, capitals and accents included",
}


def mistake(clean: Callable[[str | None], Any]) -> str | None:
    """Return what is wrong with an attempt, None if nothing is. Raises `WrongAnswerError` where it raises."""
    try:
        if (found := clean(None)) is not None:
            return f"for None, `clean` returned {found!r}; nothing is nothing already"
    except WrongAnswerError as error:
        return f"for None, {error.message}: a field may be missing altogether"
    if clean("cus_1") is None:
        return "for 'cus_1', `clean` returned None: is there a `return` at its end?"
    for text, right in SOMETHING.items():
        if (found := clean(text)) != right:
            why = _WHY.get(text, "it is a good id")
            return f"for {text!r}, `clean` returned {found!r}: {why}"
    for text in NOTHING:
        if (found := clean(text)) is not None:
            return _kept(text, found)
    return None


def _kept(text: str, found: object) -> str:
    if found == "":
        return f"for {text!r}, `clean` returned an empty text; asked for is None, or a later `IS NULL` will miss it"
    if text.strip() != text:
        return f"for {text!r}, `clean` returned {found!r}: take the white space away before you compare"
    if text.lower() in ("null", "none", "n/a") and text not in ("null", "none", "n/a"):
        return f"for {text!r}, `clean` returned {found!r}: compare in lower case, others write it in capitals"
    return f"for {text!r}, `clean` returned {found!r}: somebody's program wrote that for nothing"
