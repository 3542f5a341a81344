"""Wrong answers that learners give, each with the part of the message that only it must get."""

from collections.abc import Callable
from typing import Any

from labkit import source
from labkit.labs.kubernetes import LAB, practice
from labkit.labs.kubernetes.room import quantity
from labkit.platform import Platform

Wrong = dict[str, tuple[Callable[..., Any], str]]
FRONT = ("component", "role")


def prepare() -> None:
    """The lab's cluster, with the platform on it."""
    practice.start()
    Platform(say=lambda _: None).run("cluster", "deploy")


def reference(name: str) -> Callable[..., Any]:
    return source.reference(LAB.name, name)


def named(condition: Callable[[Any, Any], bool]) -> Callable[..., set[str]]:
    """Return the answer that takes every pod of which the condition holds."""

    def receivers(service: Any, pods: Any) -> set[str]:  # noqa: ANN401 - JSON
        selector = service["spec"].get("selector")
        return {pod["metadata"]["name"] for pod in pods if selector and condition(selector, pod)}

    return receivers


def labelled(selector: Any, pod: Any) -> bool:  # noqa: ANN401 - JSON
    return bool(selector.items() <= pod["metadata"]["labels"].items())


def ready(pod: Any, *, without: bool = False) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a pod says that it is ready; `without` is for one that says nothing."""
    said = [each["status"] for each in pod["status"].get("conditions", ()) if each["type"] == "Ready"]
    return said == ["True"] or (without and not said)


def staying(pod: Any) -> bool:  # noqa: ANN401 - JSON
    return "deletionTimestamp" not in pod["metadata"]


def without_a_selector(service: Any, pods: Any) -> set[str]:  # noqa: ANN401 - JSON
    selector = service["spec"].get("selector", {})
    found = (pod for pod in pods if labelled(selector, pod) and ready(pod) and staying(pod))
    return {pod["metadata"]["name"] for pod in found}


RECEIVERS: Wrong = {
    "the pods themselves": (lambda _service, pods: pods, "something other than a set of the names"),
    "one of the labels": (
        named(lambda s, pod: bool(s.items() & pod["metadata"]["labels"].items()) and ready(pod) and staying(pod)),
        "has one label of the selector, and not the other",
    ),
    "exactly the labels": (
        named(lambda s, pod: s == pod["metadata"]["labels"] and ready(pod) and staying(pod)),
        "and others besides",
    ),
    "ready or not": (
        named(lambda s, pod: labelled(s, pod) and "podIP" in pod["status"] and staying(pod)),
        "not ready:",
    ),
    "not told to be unready": (
        named(lambda s, pod: labelled(s, pod) and ready(pod, without=True) and staying(pod)),
        "it has no condition `Ready` at all",
    ),
    "those that leave": (named(lambda s, pod: labelled(s, pod) and ready(pod)), "is being deleted"),
    "no filter, all of them": (without_a_selector, "an empty filter would let everybody through"),
}


def patch(selector: Callable[[Any, Any], Any], **port: Any) -> Callable[..., Any]:  # noqa: ANN401 - JSON
    """Return the answer with this selector, made of the old one and the Deployment's, and this port, if any."""

    def mend(service: Any, deployment: Any) -> Any:  # noqa: ANN401 - JSON
        spec: dict[str, Any] = {"selector": selector(service["spec"]["selector"], deployment["spec"])}
        return {"spec": spec | ({"ports": [port]} if port else {})}

    return mend


def right(old: Any, deployment: Any) -> Any:  # noqa: ANN401 - JSON
    return {**dict.fromkeys(old), **deployment["selector"]["matchLabels"]}


HTTP = {"port": 80, "targetPort": "http"}
MEND: Wrong = {
    "text": (lambda _service, _deployment: "role=front", "a patch is a `dict`"),
    "only what is wrong, not what is too much": (
        patch(lambda _old, new: new["selector"]["matchLabels"], **HTTP),
        "a merge leaves what the patch does not name",
    ),
    "nothing": (
        lambda _service, _deployment: {"spec": {"selector": {"app": None}}},
        "the Service still sends to nobody",
    ),
    "everybody": (
        patch(lambda old, new: right(old, new) | {"role": None}, **HTTP),
        "the kitchen's pods, too",
    ),
    "the port left as it is": (patch(right), "no port of theirs"),
    "a port without a number": (patch(right, targetPort="http"), "the API server refused the patch"),
    "another port for the clients": (patch(right, port=8000, targetPort="http"), "it does not listen there any more"),
    "the labels of this version": (
        patch(lambda old, new: {**dict.fromkeys(old), **new["template"]["metadata"]["labels"]}, **HTTP),
        "until the next release",
    ),
}
ISOLATE: Wrong = {
    "nothing": (lambda *_: {}, "nothing happened"),
    "the pod": (lambda pod, *_: pod, "returned no labels"),
    "no label's value": (lambda *_: {"serves": "nobody at all!"}, "the API server refused the labels"),
    "out of the Service only": (lambda *_: {"serves": "nobody"}, "so nobody takes its place"),
    "out of the ReplicaSet only": (lambda *_: {"pod-template-hash": None}, "still sends guests to it"),
}


def fitting(
    takes: Callable[[Any, str], Any], *, used: bool = True, names: tuple[str, ...] = ("cpu", "memory", "pods")
) -> Callable[..., int]:
    """Return the answer that counts a pod's part of each limit in this way."""

    def room(quota: Any, pod: Any) -> int:  # noqa: ANN401 - JSON
        hard, there = quota["status"]["hard"], quota["status"]["used"]
        limits = [name for name in hard if name.endswith(names)]
        left = {name: quantity(hard[name]) - (quantity(there[name]) if used else 0) for name in limits}
        return int(min(left[name] // takes(pod["spec"]["containers"], name) for name in limits))

    return room


def both(containers: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    part, _, what = name.partition(".")
    return sum(quantity(each["resources"][part][what]) for each in containers) if what else 1


def as_requested(containers: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    return both(containers, name.replace("limits", "requests"))


ROOM: Wrong = {
    "text": (lambda *_: "3", "a number of pods is an `int`"),
    "what is used, too": (fitting(both, used=False), "what is left is `hard` without `used`"),
    "the first container": (fitting(lambda pod, name: both(pod[:1], name)), "the pod has two containers"),
    "what is requested": (fitting(as_requested), "that is not what the containers request"),
    "memory alone": (fitting(both, names=("memory",)), "short of processors"),
    "no count of pods": (fitting(both, names=("cpu", "memory")), "short of pods"),
}


def replicas(workers: int, normalizers: int) -> dict[str, Any]:
    return {"trino": {"workers": {"replicas": workers}}, "services": {"normalizer": {"replicas": normalizers}}}


TURNED_UP: Wrong = {
    "as on the command line": (
        lambda w, p: {"trino.workers.replicas": w, "services.normalizer.replicas": p},
        "one name with dots in it",
    ),
    "a list": (lambda w, p: [w, p], "values are a `dict`"),
    "a name that nobody asks for": (
        lambda w, p: replicas(0, p) | {"trino": {"worker": {"replicas": w}}},
        "Trino has 0 workers",
    ),
    "as many as one likes": (lambda w, p: replicas(w, p + 1), "the others would wait for ever"),
    "one fewer": (lambda w, p: replicas(w, p - 1), "there could be one for each"),
    "the broker, too": (
        lambda w, p: replicas(w, p) | {"kafka": {"brokers": 3}},
        "kafka changed too",
    ),
    "a number in the place of a table": (
        lambda w, _p: {"trino": {"workers": w}},
        "Helm cannot make objects of these values",
    ),
}
WRONG = {"receivers": RECEIVERS, "mend": MEND, "isolate": ISOLATE, "room": ROOM, "turned_up": TURNED_UP}


def by_hand(_service: Any, _deployment: Any) -> Any:  # noqa: ANN401 - JSON
    """The same by a number instead of the port's name."""
    made = reference("mend")(_service, _deployment)
    made["spec"]["ports"] = [{"port": 80, "targetPort": 8000}]
    return made


RIGHT = {
    "mend": {"the port by its number": by_hand},
    "isolate": {"labels with another value": lambda *_: {"component": "aside", "serves": "nobody"}},
}
