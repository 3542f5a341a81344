"""Exercise 2: a Service that reaches nobody, mended by a patch, and the next release of what it serves."""

import json
from collections.abc import Mapping
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.kubernetes import objects, practice
from labkit.spec import Passed

BEHIND: Final = 80
"""The port at which clients ask the Service."""


def check(attempt: Attempt) -> Passed:
    """Break a Service, have the API server apply the learner's patch, and roll out a new version behind it."""
    attempt.written()
    practice.namespace(objects.NAMESPACE)
    name = objects.own("till")
    front = {"component": name, "role": "front"}
    kitchen = objects.deployment(f"{name}-kitchen", {"component": name, "role": "kitchen"}, {"part-of": "cafe"})
    # A typing error, a label that nobody carries any more, and a port that no container has.
    broken = objects.service(name, {"component": name, "role": "fornt", "app": "cafe"}, target="web")
    try:
        practice.apply(objects.NAMESPACE, _version(name, front, "v1"), kitchen, broken)
        objects.rolled_out(name)
        objects.rolled_out(f"{name}-kitchen")
        service = practice.one("service", name, objects.NAMESPACE)
        patch = attempt(service, practice.one("deployment", name, objects.NAMESPACE))
        _apply(name, patch)
        _receives(name, front)
        return _after_a_release(name, front)
    finally:
        objects.remove(f"service/{name}", f"deployment/{name}", f"deployment/{name}-kitchen")


def _version(name: str, front: Mapping[str, str], version: str) -> Mapping[str, Any]:
    return objects.deployment(name, front, {"part-of": "cafe", "version": version})


def _apply(name: str, patch: object) -> None:
    if not isinstance(patch, Mapping):
        raise WrongAnswerError(f"`mend` returned a {type(patch).__name__}; a patch is a `dict`")
    where = ("service", name, f"--namespace={objects.NAMESPACE}", "--type=merge")
    done = practice.cluster().kubectl("patch", *where, f"--patch={json.dumps(patch)}")
    if done.returncode:
        raise WrongAnswerError(f"the API server refused the patch: {' '.join(done.stderr.split())[:300]}")


def _receives(name: str, front: Mapping[str, str]) -> None:
    spec = practice.one("service", name, objects.NAMESPACE)["spec"]
    wanted = {pod["metadata"]["name"] for pod in objects.pods_of(front)}
    if practice.until(lambda: objects.receivers(name) == wanted, within_s=3):
        _port(name, spec)
        return
    found = objects.receivers(name)
    if "app" in spec.get("selector", {}):
        raise WrongAnswerError(
            "the selector still asks for `app`, which no pod carries: a merge leaves what the patch does not name"
        )
    if not found:
        raise WrongAnswerError(f"the Service still sends to nobody; it asks for {spec.get('selector', {})}")
    if found - wanted:
        raise WrongAnswerError("the Service now sends to the kitchen's pods, too: its selector asks for too little")
    raise WrongAnswerError(f"the Service sends to {len(found)} of the Deployment's {len(wanted)} pods")


def _port(name: str, spec: Any) -> None:  # noqa: ANN401 - JSON
    if [port["port"] for port in spec["ports"]] != [BEHIND]:
        raise WrongAnswerError(f"clients ask the Service at port {BEHIND}, and it does not listen there any more")
    if objects.PORT not in objects.ports(name):
        raise WrongAnswerError(
            f"the Service has found its pods, and no port of theirs: none is called {spec['ports'][0]['targetPort']!r}"
        )


def _after_a_release(name: str, front: Mapping[str, str]) -> Passed:
    before = {pod["metadata"]["name"] for pod in objects.pods_of(front)}
    practice.apply(objects.NAMESPACE, _version(name, front, "v2"))
    objects.rolled_out(name)
    if not practice.until(lambda: not before & {pod["metadata"]["name"] for pod in objects.pods_of(front)}):
        raise LabError("the old pods did not go")
    wanted = {pod["metadata"]["name"] for pod in objects.pods_of(front)}
    if not practice.until(lambda: objects.receivers(name) == wanted, within_s=3):
        raise WrongAnswerError(
            "it worked until the next release: the new pods lack a label that the selector asks for, since it "
            "belongs to one version"
        )
    return Passed(
        "the Service sends to the Deployment's pods, at their port, and to those of the next release too",
        {"EndpointSlice": f"{len(wanted)} pods at port {objects.PORT}, none of them the kitchen's"},
    )
