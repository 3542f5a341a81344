"""What became of a run's events."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Summary:
    """Counts of one run; `retried` counts the extra requests, and `refused` is by the gateway's answer."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every event was accepted."""
        return not self.refused

    def __str__(self) -> str:
        by_type = ", ".join(f"{event_type} {count}" for event_type, count in sorted(self.accepted.items()))
        reasons = "".join(f"; {reason} ({count})" for reason, count in self.refused.items())
        return (
            f"accepted {self.accepted.total()}, refused {self.refused.total()}, retried {self.retried}"
            f" in {self.seconds:.1f} s: {by_type or 'nothing'}{reasons}"
        )
