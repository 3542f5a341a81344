"""Exercise 1: a step that stands alone. It runs in a process that has nothing of the notebook but its text."""

import inspect
from typing import Any, Final

import pandas as pd

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.kubeflow import payments, running
from labkit.servers.unwarned import quietly
from labkit.spec import Passed

with quietly():
    from kfp import dsl

_TOLD: Final = {"payments": "Input[Dataset]", "metrics": "Output[Metrics]", "return": "float"}


def check(attempt: Attempt) -> Passed:
    """Run the learner's component on eight payments, on none, and on half a year of them."""
    function = attempt.written()
    _signature(function)
    component = running.as_component(function)
    few, none, real = payments.few(), payments.few()[:0], payments.real()
    evidence = {}
    for rows, words in ((few, "eight payments, two of them fraud"), (none, "no payments"), (real, "half a year")):
        step = _run(component, rows, words)
        expected = float(rows["fraud"].mean()) if len(rows) else 0.0
        found = step.outputs.get("Output")
        if not isinstance(found, int | float) or abs(found - expected) > 1e-9:  # noqa: PLR2004 - of a share
            percent = " These are percent." if isinstance(found, float) and abs(found - 100 * expected) < 1e-6 else ""  # noqa: PLR2004
            raise WrongAnswerError(
                f"{words}: the share of fraud is {expected:g}, the step returned {found!r}.{percent}"
            )
        logged = step.metadata.get("metrics", {})
        if logged.get("payments") != len(rows):
            held = ", ".join(f"{name} = {value:g}" for name, value in logged.items()) or "nothing"
            raise WrongAnswerError(
                f"{words}: the metric `payments` was to be logged as {len(rows)}; in the artefact `metrics` is {held}"
            )
        evidence[words] = f"returned {found:.4f}, logged payments = {len(rows)}"
    return Passed("your step runs in a process of its own, and says what it found", evidence)


def _signature(function: Any) -> None:  # noqa: ANN401 - a learner's
    """Compare the annotations, which are the component's interface."""
    annotated = inspect.signature(function)
    for name, words in _TOLD.items():
        found = (
            annotated.return_annotation
            if name == "return"
            else getattr(annotated.parameters.get(name), "annotation", None)
        )
        if found in (inspect.Signature.empty, None):
            what = "nothing after `->`, so the step has no output" if name == "return" else f"`{name}` has no type"
            raise WrongAnswerError(
                f"{what}: the types are the step's interface, kfp reads them. Asked for was `{words}`"
            )
        if name == "payments" and found is str:
            raise WrongAnswerError(
                "`payments: str` is a parameter: a few letters that travel with the run. A table is an artefact: "
                "`Input[Dataset]`, a file that the step finds at `payments.path`"
            )


def _run(component: Any, rows: pd.DataFrame, words: str) -> running.Step:  # noqa: ANN401 - kfp has no types
    with payments.file_of(rows) as path:

        def alone(source: str) -> None:
            table = dsl.importer(artifact_uri=source, artifact_class=dsl.Dataset, reimport=True)
            component(payments=table.output)

        done = running.run(running.as_pipeline(alone), source=path)
    if done.failed:
        missing = ""
        if "NameError" in done.said:
            missing = (
                " It is known in the notebook, and not in the step: of your code only the text of this function is "
                "there. What it needs, imports and helpers, has to be inside"
            )
        raise WrongAnswerError(f"{words}: in its own process the step failed with `{done.said}`.{missing}")
    [step] = [step for name, step in done.steps.items() if name != "importer"]
    return step
