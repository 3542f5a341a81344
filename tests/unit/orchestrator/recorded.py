"""Committed histories: what real workflows recorded, version by version of the workflow's code."""

import base64
import json
from pathlib import Path
from typing import Any, Final

from temporalio.client import WorkflowHistory

FOLDER: Final = Path(__file__).with_name("histories")


def versions() -> list[str]:
    """Return the versions that were recorded, oldest first."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def files(version: str) -> list[Path]:
    """Return the files of one version."""
    return sorted((FOLDER / version).glob("*.json"))


def load(version: str, name: str) -> WorkflowHistory:
    """Return one committed history."""
    return WorkflowHistory.from_json(f"{version}/{name}", (FOLDER / version / f"{name}.json").read_text())


def save(history: WorkflowHistory, version: str, name: str) -> None:
    """Write a history into a version's folder, without traces of the machine that it was recorded on."""
    path = FOLDER / version / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    recorder = history.events[0].workflow_execution_started_event_attributes.identity
    text = json.dumps(_without_stack_traces(json.loads(history.to_json())), indent=1)
    path.write_text(text.replace(recorder, "recorder") + "\n")  # a sticky task queue bears the worker's identity too


def steps(history: WorkflowHistory) -> list[str]:
    """Return what happened, without ids and times: the events, and for each marker what it is of.

    Sorted, because two activities that run at the same time end in either order.
    """
    return sorted(_step(event) for event in json.loads(history.to_json())["events"])


def _step(event: dict[str, Any]) -> str:
    marker = event.get("markerRecordedEventAttributes")
    if marker is None:
        return str(event["eventType"]).removeprefix("EVENT_TYPE_")
    details = marker["details"]
    [payload] = (details.get("data") or details["patch-data"])["payloads"]
    told = json.loads(base64.b64decode(payload["data"]))
    return f"{marker['markerName']} {told.get('activity_type') or told['id']}"


def _without_stack_traces(node: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, list):
        return [_without_stack_traces(each) for each in node]
    if isinstance(node, dict):
        return {name: _without_stack_traces(value) for name, value in node.items() if name != "stackTrace"}
    return node
