"""What kfp makes of components and pipelines, for the learner's eyes."""

from collections.abc import Callable
from typing import Any

from labkit.labs.kubeflow import running, wiring
from labkit.panel import Panel


def component(function: Callable[..., Any]) -> Panel:
    """Return what a component is compiled to: its interface, its image, its command with the function's text."""
    document = running.compiled(running.as_component(function))
    [interface] = [one for name, one in document["components"].items() if name.startswith("comp-")]
    [container] = [one["container"] for one in document["deploymentSpec"]["executors"].values()]
    rows = [
        (way, name, str(one.get("parameterType") or one["artifactType"]["schemaTitle"]))
        for way, definitions in (("in", "inputDefinitions"), ("out", "outputDefinitions"))
        for kind in ("parameters", "artifacts")
        for name, one in interface.get(definitions, {}).get(kind, {}).items()
    ]
    text = container["command"][-1].strip()
    return Panel(
        f"`{function.__name__}`, as a cluster gets it",
        facts={"image": container["image"], "command": container["command"][0]},
        table=(("", "name", "type"), *rows),
        code=text,
    )


def drawing(function: Callable[..., Any]) -> Panel:
    """Return a pipeline's steps: what each gets from where, and what it waits for."""
    tasks = wiring.tasks(running.as_pipeline(function)).values()
    rows = [
        (task.name, "; ".join(f"{name}: {origin}" for name, origin in sorted(task.inputs.items())), _waits(task))
        for task in tasks
    ]
    return Panel("The pipeline, compiled", table=(("step", "gets", "waits for"), *rows))


def _waits(task: wiring.Task) -> str:
    return ", ".join(sorted(task.after))
