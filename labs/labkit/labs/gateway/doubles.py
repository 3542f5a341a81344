"""What can be wrong with a body whose amount stands there twice, seen from the bytes alone."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any


def mistake(original: bytes, changed: object) -> str | None:
    """Return why `changed` is not the event with two different amounts in one object, None if it is."""
    if not isinstance(changed, bytes):
        return f"`twice` returned a {type(changed).__name__}; a body is `bytes`"
    if changed == original:
        return "nothing was changed, so the gateway would accept it: is what you search for in it? `print(payload)`"
    return _not_ambiguous(changed)


def _not_ambiguous(changed: bytes) -> str | None:
    objects: list[list[tuple[str, Any]]] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        objects.append(pairs)
        return dict(pairs)

    try:
        json.loads(changed, object_pairs_hook=keep)
    except ValueError:
        return "this is no JSON any more; well-formed JSON is the point: is a comma missing, or one too many?"
    repeated = dict(_repeated(objects))
    if not repeated:
        amounts = sum(key == "amount" for pairs in objects for key, _ in pairs)
        if amounts > 1:
            return "`amount` stands in two objects, once in each; it must stand twice in the same `{…}`"
        return "no key stands twice: a Python dict keeps the last of two equal keys, so change the bytes instead"
    if "amount" not in repeated:
        return f"the key that stands twice is `{min(repeated)}`; make it `amount`"
    if len(set(map(str, repeated["amount"]))) == 1:
        return "both amounts are the same, so all readers agree; make one of them another"
    return None


def _repeated(objects: list[list[tuple[str, Any]]]) -> Iterator[tuple[str, list[Any]]]:
    for pairs in objects:
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                yield key, [value for name, value in pairs if name == key]
