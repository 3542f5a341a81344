"""Exercise 3: a history of versions, compared with one that was counted by hand."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.labs.dbt import answers, cafe, tables
from labkit.spec import Passed

COLUMNS: Final = (
    "customer_key",
    "customer_id",
    "customer_tier",
    "card_country",
    "valid_from",
    "valid_to",
    "is_current",
)
MD5: Final = 32
Rows = list[dict[str, Any]]


def check(attempt: Attempt) -> Passed:
    """Compile the model, run it on the states of three guests, and compare every version."""
    text = answers.text_of(attempt, model=True)
    tables.ready_for_checks()
    with tables.CHECKS.holding({"guest_versions": text}):
        node = answers.answered(lambda: tables.CHECKS.compiled("dim_guest"), _why)
    found: Rows = answers.answered(lambda: answers.rows_of(node.compiled_code), _why)
    if mistake := answers.of_columns(found, COLUMNS) or _of_starts(found) or _of_ends(found) or _of_keys(found):
        raise answers.wrong(mistake, read=f"{answers.CHECKED_IN}.stg_cafe_payments, by way of int_guest_states")
    current = [f"{row['customer_id']} {row['customer_tier']}" for row in found if row["is_current"]]
    return Passed(
        f"{len(found)} versions of three guests, without a gap and without an overlap, each with a key of its own",
        {"read": f"{answers.CHECKED_IN}.stg_cafe_payments", "today": ", ".join(sorted(current))},
    )


def _why(message: str) -> str | None:
    if answers.unknown_column(message) == "valid_from" and "md5" not in message:
        return (
            "`valid_from` is not known yet where it is used: name it in a `with`, and make the key in the "
            "select after it"
        )
    return None


def _of_starts(found: Rows) -> str | None:
    starts = {(row["customer_id"], row["valid_from"]): row for row in found}
    wanted = {(guest, start): (tier, country) for guest, start, tier, country in cafe.VERSIONS}
    if len(starts) < len(found):
        guest = next(guest for (guest, _), times in _times(found).items() if times > 1)
        return f"{guest} has two versions that begin at one moment"
    if missing := [key for key in wanted if key not in starts]:
        return _of_missing(missing, wanted)
    for (guest, start), row in starts.items():
        if (guest, start) not in wanted:
            return (
                f"{guest} has a version that begins {_when(start)}, when neither tier nor country changed: a "
                "version is a "
                "change, not an event"
            )
        if (row["customer_tier"], row["card_country"]) != wanted[guest, start]:
            return f"the version of {guest} that begins {_when(start)} has another tier or country than was known then"
    return None


def _times(found: Rows) -> Counter[tuple[Any, Any]]:
    return Counter((row["customer_id"], row["valid_from"]) for row in found)


def _of_missing(missing: list[tuple[str, Any]], wanted: dict[tuple[str, Any], tuple[str, str | None]]) -> str:
    guest, start = missing[0]
    first = min(moment for one, moment in wanted if one == guest)
    if start == first:
        return (
            f"the first version of {guest}, {_when(start)}, is missing: before it there is nothing to differ "
            "from, so `lag` "
            "gives null there"
        )
    before = max(moment for one, moment in wanted if one == guest and moment < start)
    if wanted[guest, before][1] is None and wanted[guest, before][0] == wanted[guest, start][0]:
        return (
            f"{guest}'s card became known {_when(start)}, from null to US, and no version begins: `null <> "
            "'US'` is null, "
            "not true; `is distinct from` is"
        )
    earlier = [values for (one, moment), values in wanted.items() if one == guest and moment < start]
    if wanted[guest, start] in earlier:
        return (
            f"{guest} came back to what was before {_when(start)}, and no version begins: to be the same again "
            "is a change, "
            "too, which grouping forgets"
        )
    return f"{guest} changed {_when(start)}, and no version begins"


def _of_ends(found: Rows) -> str | None:
    for guest in sorted({row["customer_id"] for row in found}):
        mine = sorted((row for row in found if row["customer_id"] == guest), key=lambda row: row["valid_from"])
        for row, following in zip(mine, [*mine[1:], None], strict=True):
            if said := _of_end(row, following["valid_from"] if following else None):
                return f"{guest}, {_when(row['valid_from'])}: {said}"
    return None


def _of_end(row: dict[str, Any], next_start: datetime | None) -> str | None:
    end = row["valid_to"]
    if next_start is None and end is not None:
        if end.year > cafe.at(1).year:
            return f"the version that holds ends in {end.year}: nobody knows its end, so it is null"
        return "its last version has an end: is it the start of another guest's? `partition by customer_id`"
    if next_start is not None and end != next_start:
        return _of_meeting(end, next_start)
    if row["is_current"] is not (end is None):
        return f"`is_current` is {row['is_current']}, and `valid_to` is {'null' if end is None else 'set'}"
    return None


def _of_meeting(end: datetime | None, next_start: datetime) -> str:
    if end is None:
        return "it has no end, and a next version begins"
    if timedelta(0) < next_start - end <= timedelta(seconds=1):
        return (
            "it ends a moment before the next begins: what happens within that moment has no version; the end is "
            "exclusive, so it is the next one's start"
        )
    return (
        f"it ends {_when(end)}, and the next begins {_when(next_start)}: leave out what changed nothing before you "
        "look ahead with `lead`"
    )


def _of_keys(found: Rows) -> str | None:
    keys = Counter(row["customer_key"] for row in found)
    if not all(isinstance(key, str) for key in keys):
        return (
            "`customer_key` is a number: numbers are dealt out anew in each build, and one late event shifts all that "
            "follow, while facts keep the old ones"
        )
    if (repeated := keys.most_common(1)[0])[1] > 1:
        return (
            f"{repeated[1]} versions have one and the same `customer_key`: it is the key of a version, not of a guest"
        )
    if any(len(key) != MD5 for key in keys):
        return "`customer_key` is not what `dbt_utils.generate_surrogate_key` makes: 32 hexadecimal digits"
    return None


def _when(moment: datetime) -> str:
    return f"on {moment:%-d March at %H:%M}"
