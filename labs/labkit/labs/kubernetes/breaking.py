"""What the notebook breaks on the platform of its cluster, and how that is taken back."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from labkit.labs.kubernetes import practice
from labkit.panel import Panel
from stack.kubernetes.cluster import NAMESPACE

GATEWAY: Final = "gateway"
LABEL: Final = "app.kubernetes.io/component"
QUOTA: Final = "shared"


def selector() -> None:
    """Change a label in the selector of the gateway's Service, as by a slip of the hand."""
    _patch({"spec": {"selector": {LABEL: "gatewey"}}})


def mended(mend: Callable[[Any, Any], Mapping[str, Any]]) -> None:
    """Apply the learner's patch to the gateway's Service."""
    _patch(mend(practice.one("service", GATEWAY, NAMESPACE), practice.one("deployment", GATEWAY, NAMESPACE)))


def _patch(change: Mapping[str, Any]) -> None:
    where = ("service", GATEWAY, f"--namespace={NAMESPACE}", "--type=merge")
    practice.ask("patch", *where, f"--patch={json.dumps(change)}")


def quota(hard: str) -> Panel:
    """Give the platform's namespace a quota, and return what of it is used."""
    no_quota()
    practice.ask("create", "quota", QUOTA, f"--hard={hard}", f"--namespace={NAMESPACE}")
    practice.until(_used)
    (name, used), *_ = _used().items()
    return Panel(f"Of {hard.partition('=')[2]} `{name}`, {used} are used")


def _used() -> Mapping[str, str]:
    found: Mapping[str, str] = practice.one("resourcequota", QUOTA, NAMESPACE).get("status", {}).get("used", {})
    return found


def no_quota() -> None:
    """Take the quota away, and have Trino's workers asked for again: a refused ReplicaSet waits longer each time."""
    practice.ask("delete", "resourcequota", QUOTA, f"--namespace={NAMESPACE}", "--ignore-not-found")
    wanted = practice.one("deployment", "trino-worker", NAMESPACE)["spec"]["replicas"]
    for replicas in (0, wanted):
        practice.ask("scale", "deployment/trino-worker", f"--replicas={replicas}", f"--namespace={NAMESPACE}")
