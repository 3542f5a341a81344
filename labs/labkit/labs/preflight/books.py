"""What can be wrong with an audit of the books: which ids it names as missing, and which as counted twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

TWO = 2


@dataclass(frozen=True)
class Case:
    """Ids as the sender's ledger and as the books have them; either may name one more than once."""

    accepted: Sequence[str]
    booked: Sequence[str]

    @property
    def missing(self) -> frozenset[str]:
        """Accepted, and not booked."""
        return frozenset(self.accepted) - frozenset(self.booked)

    @property
    def doubled(self) -> frozenset[str]:
        """Booked more than once."""
        return frozenset(one for one, count in Counter(self.booked).items() if count > 1)


def mistake(answer: object, case: Case) -> str | None:
    """Return what is wrong with what `audit` returned for a case, None if nothing is."""
    if wrong := _wrong_shape(answer):
        return wrong
    missing, doubled = (tuple(part) for part in answer)  # type: ignore[attr-defined] # a pair, as its shape says
    if case.missing == set(doubled) and case.doubled == set(missing):
        return "the two are the wrong way round: `missing` comes first"
    return _wrong_missing(missing, case) or _wrong_doubled(doubled, case)


def _wrong_shape(answer: object) -> str | None:
    if not isinstance(answer, tuple | list) or len(answer) != TWO:
        return f"`audit` returned a {type(answer).__name__}; asked for was a pair, `missing` and `doubled`"
    for part in answer:
        if isinstance(part, int):
            return "a number tells that something is wrong; the ids tell what, so return them"
        if not isinstance(part, list | tuple | set | frozenset):
            return f"`missing` and `doubled` are lists or sets of ids; one of them is a {type(part).__name__}"
    return None


def _wrong_missing(missing: Sequence[str], case: Case) -> str | None:
    for one in missing:
        if one not in case.accepted:
            return f"`missing` names {one}, which nobody accepted; ask in one direction: accepted, and not booked"
        if one in case.booked:
            return f"`missing` names {one}, and the books have it"
        if missing.count(one) > 1:
            return f"`missing` names {one} more than once: Stripe sent it twice, and it is one payment"
    if lacking := sorted(case.missing - set(missing)):
        return f"`missing` lacks {lacking[0]}: the gateway accepted it, and fct_payments does not have it"
    return None


def _wrong_doubled(doubled: Sequence[str], case: Case) -> str | None:
    for one in doubled:
        if case.booked.count(one) > 1:
            if doubled.count(one) > 1:
                return f"`doubled` names {one} once for each time that it is booked; once is enough"
        elif case.accepted.count(one) > 1:
            return f"`doubled` names {one}: it was sent twice, which is Stripe's right; count what is in the books"
        else:
            return f"`doubled` names {one}, which the books have once"
    if lacking := sorted(case.doubled - set(doubled)):
        return f"`doubled` lacks {lacking[0]}, which the books have twice: that payment is counted twice"
    return None
