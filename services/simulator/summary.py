"""What became of a run's events."""

from collections import Counter, deque
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import quantiles

from services.simulator.delivery import GOOD, Delivery

_REMEMBERED = 10_000


@dataclass
class Summary:
    """Counts of one run.

    `accepted` is by event type, `refused` by the gateway's answer; `unanswered` events got none, or 503, however often
    they were tried; `retried` counts the extra requests. `kinds` counts what was done to events (copies, …),
    `unexpected` the answers that were not what they had to be. `latencies_s` are those of the last answers.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    seconds: float = 0.0
    latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def answered(self, delivery: Delivery, status: int, reason: str, latency_s: float) -> None:
        """Count an answer. `reason` is the gateway's own, where it refused."""
        self.latencies_s.append(latency_s)
        answer = f"{status} {reason}".rstrip()
        if delivery.kind != GOOD:
            self.kinds[delivery.kind] += 1
        if status == HTTPStatus.OK:
            self.accepted[delivery.event_type] += 1
        else:
            self.refused[answer] += 1
        if status != delivery.expected:
            self.unexpected[f"{delivery.kind} was answered {answer}, not {int(delivery.expected)}"] += 1

    @property
    def ok(self) -> bool:
        """Whether every event got the answer that it had to get."""
        return not self.unexpected and not self.unanswered

    @property
    def answers(self) -> int:
        """How many events got an answer."""
        return self.accepted.total() + self.refused.total()

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds if self.seconds else 0.0

    def latency_ms(self) -> tuple[float, float]:
        """Return the latest answers' median and 95th percentile."""
        if len(self.latencies_s) < 2:  # noqa: PLR2004 - quantiles are between two values at least
            return (0.0, 0.0) if not self.latencies_s else (self.latencies_s[0] * 1e3,) * 2
        percentiles = quantiles(self.latencies_s, n=100)
        return percentiles[49] * 1e3, percentiles[94] * 1e3

    def headline(self) -> str:
        """Return the counts in one line."""
        return (
            f"accepted {self.accepted.total()}, refused {self.refused.total()}, unanswered {self.unanswered.total()},"
            f" retried {self.retried} in {self.seconds:.1f} s"
        )

    def __str__(self) -> str:
        p50, p95 = self.latency_ms()
        lines = [f"{self.headline()} ({self.rate:.0f}/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms): {_list(self.accepted)}"]
        if self.kinds:
            verdict = "every answer as expected" if self.ok else "not every answer as expected"
            lines.append(f"among them: {_list(self.kinds)}; {verdict}")
        reasons = self.refused + self.unanswered
        if reasons:
            lines.append(f"not accepted: {_list(reasons)}")
        if self.unexpected:
            lines.append(f"unexpected: {_list(self.unexpected)}")
        if self.unanswered:
            lines.append("Is the gateway up? `lakehouse pipeline up`, then send them again.")
        return "\n".join(lines)


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "nothing"
