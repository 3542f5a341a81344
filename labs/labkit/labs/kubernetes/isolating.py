"""Exercise 3: a pod that is set aside: no requests, a replacement, and the pod itself still there to be looked at."""

import json
from collections.abc import Mapping
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.kubernetes import objects, practice
from labkit.spec import Passed

COPIES: Final = 2


def check(attempt: Attempt) -> Passed:
    """Put the learner's labels on one of two pods; ask Service, Deployment and pod what became of it."""
    attempt.written()
    practice.namespace(objects.NAMESPACE)
    name = objects.own("till")
    counted, served = {"component": name}, {"component": name, "serves": "guests"}
    try:
        practice.apply(
            objects.NAMESPACE, objects.deployment(name, counted, {"serves": "guests"}), objects.service(name, served)
        )
        objects.rolled_out(name)
        practice.until(lambda: len(objects.receivers(name)) == COPIES)
        service = practice.one("service", name, objects.NAMESPACE)
        sick = objects.pods_of(counted)[0]
        _label(sick["metadata"]["name"], attempt(sick, service, practice.one("deployment", name, objects.NAMESPACE)))
        return _apart(name, sick["metadata"]["name"], sick["metadata"]["uid"])
    finally:
        objects.remove(f"service/{name}", f"deployment/{name}")


def _label(pod: str, labels: object) -> None:
    if not isinstance(labels, Mapping) or not all(isinstance(value, str | None) for value in labels.values()):
        raise WrongAnswerError("`isolate` returned no labels: asked for was a `dict`, name → new value, or `None`")
    patch = json.dumps({"metadata": {"labels": labels}})
    where = ("pod", pod, f"--namespace={objects.NAMESPACE}", "--type=merge")
    done = practice.cluster().kubectl("patch", *where, f"--patch={patch}")
    if done.returncode:
        raise WrongAnswerError(f"the API server refused the labels: {' '.join(done.stderr.split())[:300]}")


def _apart(name: str, pod: str, uid: str) -> Passed:
    out = practice.until(lambda: pod not in objects.receivers(name), within_s=3)
    let_go = practice.until(lambda: not _owners(pod), within_s=3)
    if not out and not let_go:
        raise WrongAnswerError("nothing happened: the Service still sends to the pod, the Deployment still counts it")
    if not out:
        raise WrongAnswerError("the Deployment has let go of the pod, and the Service still sends guests to it")
    if not let_go:
        raise WrongAnswerError(
            "the Service has let go of the pod, and the Deployment still counts it: so nobody takes its place"
        )
    full = practice.until(lambda: len(objects.receivers(name)) == COPIES)
    if not full or practice.one("pod", pod, objects.NAMESPACE)["metadata"]["uid"] != uid:
        raise WrongAnswerError(f"the Service has {len(objects.receivers(name))} pods; there were to be {COPIES}")
    return Passed(
        "the pod runs on and gets no requests, and another has taken its place",
        {"Service": f"{COPIES} pods, not this one", "the pod": "still there, and nobody's"},
    )


def _owners(pod: str) -> object:
    return practice.one("pod", pod, objects.NAMESPACE)["metadata"].get("ownerReferences")
