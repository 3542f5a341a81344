"""Exercise 4: what is decided while the pipeline is drawn, and what while it runs."""

from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.kubeflow import running, wiring
from labkit.spec import Passed

RUNS: Final = ((0.30, 0.25, "promote"), (0.20, 0.25, "report"), (0.25, 0.25, "promote"), (0.30, 0.40, "report"))
"""What the new model finds, what is needed, and which step is to run."""


def check(attempt: Attempt) -> Passed:
    """Run the learner's gate for several models."""
    pipeline = running.as_pipeline(attempt.written())
    tasks = wiring.tasks(pipeline)
    both = [task for task in tasks.values() if task.component in {"promote", "report"}]
    if both and not any(task.condition for task in both):
        drawn = " and ".join(f"`{task.component}`" for task in both)
        raise WrongAnswerError(
            f"{drawn} is in the pipeline without any condition. Your `if` was asked once, while the pipeline was "
            "drawn, when nobody knew what `measure` would find: its output was a promise, and a promise is true"
        )
    evidence = {}
    for share, needed, expected in RUNS:
        done = running.ended(running.run(pipeline, share=share, needed=needed))
        ran = [name for name in done.steps if name in {"promote", "report"}]
        if ran != [expected]:
            words = " and ".join(f"`{one}`" for one in sorted(ran)) or "neither step"
            edge = " Just enough is enough." if share == needed else ""
            raise WrongAnswerError(
                f"a model that finds {share:.0%} where {needed:.0%} are needed: {words} ran, "
                f"asked for was `{expected}`.{edge}"
            )
        if expected == "report" and done.steps["report"].outputs["Output"] != f"{share:.0%} is not enough":
            said = done.steps["report"].outputs["Output"]
            raise WrongAnswerError(f"`report` said {said!r}: it was to be told what `measure` found, {share:.0%}")
        evidence[f"{share:.0%} found, {needed:.0%} needed"] = f"{expected} ran, the other did not"
    return Passed("the same compiled pipeline decides each time it runs", evidence)
