"""Exercise 3: the order of steps is in their inputs, and where it is not, it is said."""

from collections.abc import Mapping
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.kubeflow import payments, running, wiring
from labkit.labs.kubeflow.wiring import Task
from labkit.spec import Passed

TEST_FROM: Final = "2026-07-15T00:00:00+00:00"
STEPS: Final = {"read": 1, "cut": 1, "learn": 2, "judge": 2, "announce": 1, "clean-up": 1}
_PARAMETERS: Final = {"read": ("source", "source"), "cut": ("test_from", "test_from")}


def check(attempt: Attempt) -> Passed:
    """Read the compiled pipeline, then run it on half a year of payments."""
    pipeline = running.as_pipeline(attempt.written())
    tasks = wiring.tasks(pipeline)
    if mistake := (
        _of_steps(tasks) or _of_parameters(tasks) or _of_learning(tasks) or _of_judging(tasks) or _of_order(tasks)
    ):
        raise WrongAnswerError(mistake)
    with payments.file_of(payments.real()) as path:
        done = running.ended(running.run(pipeline, source=path, test_from=TEST_FROM))
    said = done.steps["announce"].outputs["Output"]
    waits = {task.name: ", ".join(sorted(task.after)) or "nothing" for task in tasks.values()}
    return Passed(f"the week's run: {said}", {f"{name} waits for": on for name, on in waits.items()})


def _of(tasks: Mapping[str, Task], component: str) -> list[Task]:
    return [task for task in tasks.values() if task.component == component]


def _of_steps(tasks: Mapping[str, Task]) -> str | None:
    for component, wanted in STEPS.items():
        if (found := len(_of(tasks, component))) != wanted:
            return f"the pipeline has {found} times `{component.replace('-', '_')}`, asked for was {wanted}"
    return None


def _of_parameters(tasks: Mapping[str, Task]) -> str | None:
    for component, (name, parameter) in _PARAMETERS.items():
        found = _of(tasks, component)[0].inputs.get(name, "nothing")
        if found != f"the parameter {parameter}":
            return (
                f"`{component}` gets `{name}` = {found}, the same in every run; the pipeline's own parameter "
                f"`{parameter}` was to get there"
            )
    return None


def _of_learning(tasks: Mapping[str, Task]) -> str | None:
    learning = _of(tasks, "learn")
    for task in learning:
        if task.inputs.get("train") == "test of cut":
            return f"`{task.name}` learns from `test of cut`: it has read the exam"
        if task.inputs.get("train") != "train of cut":
            return f"`{task.name}` learns from `{task.inputs.get('train')}`, asked for was `train of cut`"
    bands = sorted(task.inputs["bands"] for task in learning)
    if bands != ["20", "4"]:
        return f"the two learn with {' and '.join(bands)} bands; asked for were 4 and 20"
    if any(other.name in task.after for task in learning for other in learning):
        return "one `learn` waits for the other, for nothing: on a cluster they would run side by side"
    return None


def _of_judging(tasks: Mapping[str, Task]) -> str | None:
    judging = _of(tasks, "judge")
    for task in judging:
        if task.inputs.get("test") != "test of cut":
            return f"`{task.name}` judges on `{task.inputs.get('test')}`: by heart is not by understanding"
    judged = {task.inputs["model"].removeprefix("model of ") for task in judging}
    if judged != {task.name for task in _of(tasks, "learn")}:
        return f"both `judge` look at the model of `{judged.pop()}`, nobody at the other one"
    return None


def _of_order(tasks: Mapping[str, Task]) -> str | None:
    announced = _of(tasks, "announce")[0]
    bands = {name: _bands_behind(tasks, announced.inputs.get(name, "")) for name in ("coarse", "fine")}
    if bands != {"coarse": "4", "fine": "20"}:
        told = ", ".join(f"`{name}` from {of or 'no judge at all'}" for name, of in bands.items())
        return f"`announce` is told {told} bands; `coarse` are the 4, `fine` the 20"
    cleaning = _of(tasks, "clean-up")[0]
    if announced.name not in cleaning.after:
        return (
            "nothing says that `clean_up` comes last, and it takes nothing from anybody; that the lines stand in this "
            "order is no order: kfp starts a step as soon as what it waits for is there"
        )
    return None


def _bands_behind(tasks: Mapping[str, Task], origin: str) -> str:
    """Return with how many bands the model was learnt whose judge an input comes from."""
    judge = tasks.get(origin.removeprefix("Output of "))
    if judge is None or judge.component != "judge":
        return ""
    return tasks[judge.inputs["model"].removeprefix("model of ")].inputs["bands"]
