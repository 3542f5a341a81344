"""Exercise 6: the gate's rule, on made-up challengers first, then on the one that waits in the real registry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import OutOfOrderError, WrongAnswerError
from labkit.labs.training import registering
from labkit.spec import Passed
from services.training.errors import PromotionRefusedError, TrainingError
from services.training.gate import Budgets, Duel
from services.training.metrics import Estimate
from services.training.registry import CHAMPION
from services.training.report import Report, Segment

BUDGETS: Final = Budgets(latency_ms=2.0, size_mib=0.3)
SEGMENTS: Final = {"USD": Segment(2_000, 60, 0.70), "JPY": Segment(90, 5, 0.40)}
GOOD: Final = Report(
    task="fraud",
    primary="average_precision",
    figures={},
    baseline="rules",
    difference=Estimate(0.30, 0.20, 0.40),
    margin=0.10,
    reach=None,
    threshold=0.2,
    calibration_error=0.01,
    segments=SEGMENTS,
    importance={},
    examples={},
)
BETTER: Final = Duel(Estimate(0.03, 0.01, 0.05), SEGMENTS)


@dataclass(frozen=True)
class Case:
    """A challenger, whether it has to be refused, and what to say if it is not as it should be."""

    challenger: Report
    duel: Duel | None
    refused: bool
    mistake: str


def _segment(name: str, worse: float) -> Report:
    was = SEGMENTS[name]
    return replace(GOOD, segments=SEGMENTS | {name: replace(was, primary=was.primary - worse)})


CASES: Final = (
    Case(GOOD, BETTER, refused=False, mistake="a challenger that is better in every respect is refused"),
    Case(GOOD, None, refused=False, mistake="there is no champion, the challenger reaches its margin, and is refused"),
    Case(
        replace(GOOD, difference=Estimate(0.15, 0.02, 0.28)),
        None,
        refused=True,
        mistake="there is no champion, and a challenger gets in whose lead over the rules may be 0.02, by its "
        "interval, where the margin is 0.10",
    ),
    Case(
        GOOD,
        Duel(Estimate(0.002, 0.001, 0.003), SEGMENTS),
        refused=True,
        mistake="a challenger gets in that is better by 0.002, for sure and for nothing: every change is a risk",
    ),
    Case(
        GOOD,
        Duel(Estimate(0.04, -0.02, 0.10), SEGMENTS),
        refused=True,
        mistake="a challenger gets in that is better by 0.04, somewhere between -0.02 and 0.10: that may be luck",
    ),
    Case(
        _segment("USD", 0.10),
        BETTER,
        refused=True,
        mistake="a challenger gets in that is better on the whole and worse by 0.10 for those who pay in dollars",
    ),
    Case(
        _segment("JPY", 0.20),
        BETTER,
        refused=False,
        mistake="a challenger is refused for a segment with five frauds: nobody can tell anything from five",
    ),
    Case(
        replace(GOOD, calibration_error=0.06),
        BETTER,
        refused=True,
        mistake="a challenger gets in whose probabilities are wrong by 0.06: the threshold was chosen by them",
    ),
)
ALL_WRONG: Final = (
    replace(_segment("USD", 0.10), calibration_error=0.06),
    Duel(Estimate(-0.02, -0.05, 0.01), SEGMENTS),
)


def check(attempt: Attempt) -> Passed:
    """Put made-up challengers before the gate, then let the real `promote` use it on the one in MLflow."""
    gate = attempt.written()
    for case in CASES:
        found = _reasons(attempt(case.challenger, BUDGETS, case.duel))
        if bool(found) != case.refused:
            raise WrongAnswerError(case.mistake)
    report, duel = ALL_WRONG
    every = _reasons(attempt(report, BUDGETS, duel))
    if len(every) < 4:  # noqa: PLR2004 - difference, interval, segment, calibration
        raise WrongAnswerError(
            f"four things are wrong with a challenger, and {len(every)} reasons are named: whoever mends one wants "
            "to know of the others, too"
        )
    registry = registering.registry()
    try:
        registering.promote(registry, gate)
    except PromotionRefusedError as refused:
        reasons = refused.reasons
    except TrainingError:
        raise OutOfOrderError(
            "no challenger waits in MLflow",
            try_next="select this cell, then Run → Run All Above Selected Cell, then check again.",
        ) from None
    else:
        raise WrongAnswerError("the weak challenger in MLflow is the champion now: the gate had nothing against it")
    return Passed(
        "the gate lets the better ones in, and says of the others all that is wrong",
        {
            "challengers": str(len(CASES) + 1),
            "champion in MLflow": f"version {registering.version(CHAMPION)}, as before",
            "the weak one": f"refused for {len(reasons)} reasons",
        },
    )


def _reasons(found: object) -> Sequence[str]:
    if isinstance(found, str) or not isinstance(found, list | tuple):
        return _not_reasons(found)
    if not all(isinstance(one, str) and one for one in found):
        raise WrongAnswerError("a reason is a sentence, a `str`: whoever is refused has to read it")
    return found


def _not_reasons(found: object) -> Sequence[str]:
    raise WrongAnswerError(
        f"`objections` returned a {type(found).__name__}; asked for was a list of reasons, empty if there is none"
    )
