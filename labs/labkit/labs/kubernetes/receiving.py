"""Exercise 1: which pods a Service sends requests to, compared with what the cluster's own controller says."""

import functools
import json
from collections.abc import Mapping
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.kubernetes import objects, practice
from labkit.spec import Passed

TILL: Final = {"component": "till"}
DAY: Final = {"shift": "day"}
SERVICES: Final[Mapping[str, Mapping[str, str] | None]] = {
    "all-tills": TILL,
    "day-tills": {**TILL, **DAY},
    "bar": {"component": "bar"},
    "elsewhere": None,
}


def check(attempt: Attempt) -> Passed:
    """Ask the learner's function about four Services, and the cluster's EndpointSlices about the same."""
    attempt.written()
    truth = cafe()
    pods = practice.items("pods", objects.NAMESPACE)
    for name, right in truth.items():
        said = attempt(practice.one("service", name, objects.NAMESPACE), pods)
        if mistake := _mistake(name, said, right, {pod["metadata"]["name"]: pod for pod in pods}):
            raise WrongAnswerError(mistake)
    return Passed(
        "the EndpointSlices of four Services hold the pods that you named",
        {name: f"{len(right)} of {len(pods)} pods" for name, right in truth.items()},
    )


@functools.cache
def cafe() -> Mapping[str, set[str]]:
    """Make the café, once per kernel; return what the cluster says each of its Services sends to."""
    practice.namespace(objects.NAMESPACE)
    practice.apply(
        objects.NAMESPACE,
        objects.deployment("day", {**TILL, **DAY}, {"app": "cafe"}),
        objects.pod("night", {**TILL, "shift": "night"}),
        objects.pod("sick", {**TILL, **DAY}),
        objects.pod("leaving", {**TILL, **DAY}),
        # Never on a node, so it has no address and no condition `Ready` at all.
        objects.pod("waiting", {**TILL, **DAY}, schedulingGates=[{"name": "lab15/later"}]),
        *(objects.service(name, selector) for name, selector in SERVICES.items()),
    )
    objects.rolled_out("day")
    _in_the_cafe("wait", "--for=condition=Ready", "pod/night", "pod/sick", "pod/leaving", "--timeout=20s")
    _patch("sick", {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, "--subresource=status")
    _patch("leaving", {"metadata": {"finalizers": ["lab15/stays"]}})
    _in_the_cafe("delete", "pod/leaving", "--wait=false")
    working = {pod["metadata"]["name"] for pod in objects.pods_of({"app": "cafe"})}
    truth: Mapping[str, set[str]] = {"all-tills": {*working, "night"}, "day-tills": working, "bar": set()}
    if not practice.until(lambda: all(objects.receivers(name) == right for name, right in truth.items())):
        raise LabError("the EndpointSlices of the café's Services are not as they must be")
    return {**truth, "elsewhere": set()}


def _in_the_cafe(verb: str, *arguments: str) -> None:
    practice.ask(verb, *arguments, f"--namespace={objects.NAMESPACE}")


def _patch(pod: str, change: Mapping[str, Any], *more: str) -> None:
    _in_the_cafe("patch", "pod", pod, "--type=strategic", f"--patch={json.dumps(change)}", *more)


def _mistake(service: str, said: object, right: set[str], pods: Mapping[str, Any]) -> str | None:
    try:
        names = set(said)  # type: ignore[call-overload]  # whatever a learner returns
    except TypeError:
        names = None
    if names is None or isinstance(said, str) or not names <= set(pods):
        return "`receivers` returned something other than a set of the names of pods (`pod['metadata']['name']`)"
    wrong = min(names ^ right, default=None)
    if wrong is None:
        return None
    where = f"of the Service `{service}`: "
    if wrong in right:
        return f"{where}`{wrong}` gets requests. Its labels have all that the selector asks for, and others besides"
    if SERVICES[service] is None:
        return f"{where}it has no selector, so nobody is looked for; an empty filter would let everybody through"
    reasons = {
        "sick": "is not ready: a Service sends to those only that say they are",
        "leaving": "is being deleted: it finishes what it has, and gets nothing new",
        "waiting": "was never started: it has no condition `Ready` at all, which is not the same as being ready",
        "night": "has one label of the selector, and not the other: all have to be there",
    }
    return f"{where}`{wrong}` {reasons.get(wrong, 'does not have the labels that the selector asks for')}"
