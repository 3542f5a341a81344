"""What became of a run's events."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Summary:
    """Counts of one run.

    `accepted` is by event type, `refused` by the gateway's answer; `unanswered` events got none, or 503, however often
    they were tried; `retried` counts the extra requests.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every event was accepted."""
        return not self.refused and not self.unanswered

    def __str__(self) -> str:
        by_type = ", ".join(f"{event_type} {count}" for event_type, count in sorted(self.accepted.items()))
        reasons = "".join(f"; {reason} ({count})" for reason, count in (self.refused + self.unanswered).items())
        remedy = "\nIs the gateway up? `lakehouse pipeline up`, then send them again." if self.unanswered else ""
        return (
            f"accepted {self.accepted.total()}, refused {self.refused.total()}, unanswered {self.unanswered.total()},"
            f" retried {self.retried} in {self.seconds:.1f} s: {by_type or 'nothing'}{reasons}{remedy}"
        )
