"""What every exercise that writes a file has in common: the text, what dbt says to it, and what Trino does."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import QueryRefusedError, WrongAnswerError
from labkit.labs.dbt import tables
from labkit.labs.dbt.project import DbtRefusedError
from labkit.servers import warehouse

_BY_NAME: Final = re.compile(r"\b(?:from|join)\s+\"?((?:lakehouse|lab07\w*|data)\"?\.[\w.\"]+)", re.IGNORECASE)


def wrong(message: str, **evidence: str) -> WrongAnswerError:
    """Return the error for a mistake."""
    return WrongAnswerError(message, evidence=evidence)


def text_of(attempt: Attempt, *, model: bool = False) -> str:
    """Return the text that the learner's function returns; of a model, one that names no table by itself.

    Raises:
        WrongAnswerError: it is no text, empty, or cannot be a file of the project.
    """
    text = attempt()
    if not isinstance(text, str):
        raise wrong(f"`{attempt.name}` returned a {type(text).__name__}; a file's content is a `str`")
    if not text.strip():
        raise wrong(f"`{attempt.name}` returned an empty text")
    if text.rstrip().endswith(";"):
        raise wrong("there is a `;` at the end: dbt puts the text into a larger statement, which it would cut off")
    if named := _BY_NAME.search(text):
        raise wrong(
            f"it reads `{named[1]}` by its name, so dbt does not know what it depends on, and another "
            "environment would "
            "read the same table: " + ("`{{ source(…) }}` or `{{ ref(…) }}`" if model else "`{{ model }}`"),
        )
    return text


def answered(ask: Callable[[], Any], why: Callable[[str], str | None]) -> Any:  # noqa: ANN401 - what dbt returned
    """Return what dbt returns; a refusal is the learner's to mend.

    Args:
        ask: Asks dbt or Trino.
        why: Explains a refusal that this exercise knows, from its words; None if it does not.
    """
    try:
        return ask()
    except (DbtRefusedError, QueryRefusedError) as error:
        message = str(error).partition("\n")[0]
        raise wrong(why(message) or f"it was refused: {message}") from None


def rows_of(compiled: str) -> list[dict[str, Any]]:
    """Run what dbt compiled, and return its rows. Raises `QueryRefusedError`, `ServerDownError`."""
    answer = warehouse.query(compiled)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def of_columns(found: Sequence[dict[str, Any]], wanted: Sequence[str]) -> str | None:
    """Return what is wrong with the columns, None if nothing is."""
    columns = set(found[0]) if found else set(wanted)
    if missing := [name for name in wanted if name not in columns]:
        more = ", ".join(sorted(columns - set(wanted)))
        return f"there is no column `{missing[0]}`" + (f"; there is {more}, which nobody asked for" if more else "")
    return None


def unknown_column(message: str) -> str:
    """Return the name of the column that Trino did not find, or an empty text."""
    found = re.search(r"Column '([\w.]+)' cannot be resolved", message)
    return found[1] if found else ""


CHECKED_IN: Final = f"lakehouse.{tables.CHECKS.namespace}"
