"""What can be wrong with a tampered body, seen from the bytes alone."""

import json


def mistake(original: bytes, changed: object) -> str | None:
    """Return why `changed` is not the original with one byte of its amount changed, None if it is."""
    if not isinstance(changed, bytes):
        return f"`tamper` returned a {type(changed).__name__}; a body is `bytes`"
    if changed == original:
        return "nothing was changed, so the gateway would accept it: is what you search for in it? `print(payload)`"
    if len(changed) != len(original):
        return f"the length went from {len(original)} to {len(changed)} bytes; replace one byte, add or remove none"
    different = sum(one != other for one, other in zip(original, changed, strict=True))
    if different != 1:
        also = " (`amount_received` too?)" if different == 2 else ""  # noqa: PLR2004 - both amounts
        return f"{different} bytes were changed; one is enough{also}"
    return _not_the_amount(original, changed)


def _not_the_amount(original: bytes, changed: bytes) -> str | None:
    try:
        event = json.loads(changed)
    except ValueError:
        return "this is no JSON any more, so the gateway could refuse it for that reason; keep it well-formed"
    before = json.loads(original)["data"]["object"]["amount"]
    # A byte may also have hit the name of a field on the way there.
    if event.get("data", {}).get("object", {}).get("amount", before) == before:
        return "the amount is as it was; a thief would change that"
    return None
