"""A compiled pipeline, read: which steps there are, where each input comes from, and what waits for what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit.labs.kubeflow import running


@dataclass(frozen=True)
class Task:
    """One step of a compiled pipeline.

    Attributes:
        name: as it is called in the pipeline, such as `learn-2`.
        component: what it runs, such as `learn`.
        inputs: where each comes from: `train of cut`, `the parameter seed`, or `7`, a constant.
        after: the steps that it waits for, because of an input or of an `.after`.
        condition: of the `dsl.If` around it, in kfp's words; empty where there is none.
    """

    name: str
    component: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    after: frozenset[str] = frozenset()
    condition: str = ""


def tasks(pipeline: Any) -> dict[str, Task]:  # noqa: ANN401 - kfp has no types
    """Return the tasks of a pipeline by name; those within a `dsl.If` carry its condition."""
    document = running.compiled(pipeline)
    return {task.name: task for task in _of(document["root"]["dag"], document["components"], "")}


def _of(dag: dict[str, Any], components: dict[str, Any], condition: str) -> Iterator[Task]:
    for name, task in dag["tasks"].items():
        reference = task["componentRef"]["name"]
        held = components[reference]
        if "dag" in held:
            own = task.get("triggerPolicy", {}).get("condition", "")
            yield from _of(held["dag"], components, " and ".join(one for one in (condition, own) if one))
            continue
        given = task.get("inputs", {})
        inputs = {
            key: _origin(value) for key, value in {**given.get("parameters", {}), **given.get("artifacts", {})}.items()
        }
        yield Task(
            name, _plain(reference.removeprefix("comp-")), inputs, frozenset(task.get("dependentTasks", ())), condition
        )


def _plain(component: str) -> str:
    """Return a component's name without the number that kfp adds where one is used with other settings."""
    stem, _, number = component.rpartition("-")
    return stem if number.isdigit() else component


def _origin(value: dict[str, Any]) -> str:
    if "runtimeValue" in value:
        constant = value["runtimeValue"]["constant"]
        return f"{constant:g}" if isinstance(constant, float) else str(constant)  # kfp writes every number as one
    if "componentInputParameter" in value:
        return f"the parameter {value['componentInputParameter']}"
    made = value.get("taskOutputParameter") or value["taskOutputArtifact"]
    key = made.get("outputParameterKey") or made["outputArtifactKey"]
    return f"{key} of {made['producerTask']}"
