"""Which dead letters are meant, found in one pass over topics of any length. Memory holds only those."""

from collections.abc import Collection, Sequence
from typing import Protocol

from stack.dead_letters.dead_letter import DeadLetter, Position
from stack.dead_letters.replaying import obstacle


class Choice(Protocol):
    """Is shown every attempt of every dead letter, in the order in which they were written."""

    def see(self, letter: DeadLetter) -> None:
        """Take it or leave it."""


class Newest:
    """The `limit` dead letters of each topic that failed last; of each its newest attempt."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[str, dict[Position, DeadLetter]] = {}

    def see(self, letter: DeadLetter) -> None:
        """Keep it, and let go of the one that failed longest ago if there are too many."""
        kept = self._kept.setdefault(letter.at.topic, {})
        kept.pop(letter.id, None)
        kept[letter.id] = letter
        if len(kept) > self._limit:
            # A later attempt of what is let go brings its whole history along in its headers.
            del kept[next(iter(kept))]

    def chosen(self) -> Sequence[DeadLetter]:
        """Return them, newest first, topic by topic."""
        return [letter for _, kept in sorted(self._kept.items()) for letter in reversed(kept.values())]


class Named:
    """The newest attempt of each dead letter that was named."""

    def __init__(self, ids: Collection[Position]) -> None:
        self._found: dict[Position, DeadLetter | None] = dict.fromkeys(ids)

    def see(self, letter: DeadLetter) -> None:
        """Keep it if it was named."""
        if letter.id in self._found:
            self._found[letter.id] = letter

    def chosen(self) -> Sequence[DeadLetter]:
        """Return those that are there, in the order in which they were named."""
        return [letter for letter in self._found.values() if letter]

    def missing(self) -> Sequence[Position]:
        """Return the names of those that are not."""
        return [name for name, letter in self._found.items() if letter is None]


class Oldest:
    """The first `limit` dead letters that can be replayed and failed with this error class last; None is any.

    `more` tells that the limit left some out, `refused` how many attempts were seen of what cannot be replayed.
    """

    def __init__(self, limit: int, error_class: str | None) -> None:
        self._limit = limit
        self._error_class = error_class
        self._kept: dict[Position, DeadLetter] = {}
        self.more = False
        self.refused = 0

    def see(self, letter: DeadLetter) -> None:
        """Keep it if it is one of those."""
        if self._error_class not in (None, letter.error_class):
            self._kept.pop(letter.id, None)
        elif obstacle(letter):
            self.refused += 1
        elif self._kept.pop(letter.id, None) or len(self._kept) < self._limit:
            self._kept[letter.id] = letter
        else:
            self.more = True

    def chosen(self) -> Sequence[DeadLetter]:
        """Return them, those that failed longest ago first."""
        return list(self._kept.values())
