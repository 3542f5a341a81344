"""Exercise 4: how many pods fit into a namespace's quota, compared with how many the API server lets in."""

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.kubernetes import objects, practice
from labkit.spec import Passed

ASKED_FOR: Final = 9
_UNITS: Final[Mapping[str, Decimal | int]] = {
    "m": Decimal("0.001"),
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
}
CONTAINERS: Final = (
    objects.container("till", requests={"cpu": "250m", "memory": "256Mi"}, limits={"memory": "512Mi"}),
    objects.container("printer", requests={"cpu": "0.05", "memory": "64Mi"}, limits={"memory": "128Mi"}),
)
QUOTAS: Final[Mapping[str, Mapping[str, str]]] = {
    "memory": {"requests.cpu": "8", "limits.memory": "3800Mi", "pods": "20"},
    "processors": {"requests.cpu": "1100m", "limits.memory": "64Gi", "pods": "20"},
    "pods": {"requests.cpu": "8", "limits.memory": "64Gi", "pods": "4"},
}


def quantity(text: str) -> Decimal:
    """Return a quantity as Kubernetes writes it, such as `250m`, `1.5` or `512Mi`, as a number."""
    unit = next((name for name in sorted(_UNITS, key=len, reverse=True) if text.endswith(name)), "")
    return Decimal(text.removesuffix(unit)) * _UNITS.get(unit, 1)


@dataclass(frozen=True)
class Namespace:
    """A quota with one pod in it already, that pod's spec, and how many more the API server let in."""

    full_of: str
    quota: Mapping[str, Any]
    pod: Mapping[str, Any]
    let_in: int


def check(attempt: Attempt) -> Passed:
    """Ask the learner's function about three namespaces; each ran out of something else."""
    attempt.written()
    for each in namespaces():
        said = attempt(each.quota, each.pod)
        if isinstance(said, bool) or not isinstance(said, int | Decimal) or said != int(said):
            raise WrongAnswerError(f"`room` returned {said!r}; a number of pods is an `int`")
        if said != each.let_in:
            raise WrongAnswerError(_mistake(each, int(said)))
    return Passed(
        "for three quotas, you knew before the API server how many pods it would let in",
        {f"short of {each.full_of}": f"{each.let_in} of {ASKED_FOR - 1}" for each in namespaces()},
    )


@functools.cache
def namespaces() -> Sequence[Namespace]:
    """Fill three namespaces, all at once and once per kernel."""
    with ThreadPoolExecutor(max_workers=len(QUOTAS)) as pool:
        return list(pool.map(_filled, QUOTAS, QUOTAS.values()))


def _filled(full_of: str, hard: Mapping[str, str]) -> Namespace:
    namespace = objects.own("lab15-quota")
    practice.namespace(namespace)
    meta = {"name": "cafe"}
    practice.apply(namespace, {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": hard}})
    _require(lambda: practice.one("resourcequota", "cafe", namespace).get("status", {}).get("used"))
    till = objects.deployment("till", {"component": "till"}, {}, replicas=1, containers=CONTAINERS)
    practice.apply(namespace, till)
    objects.rolled_out("till", namespace)
    _require(lambda: practice.one("resourcequota", "cafe", namespace)["status"]["used"]["pods"] == "1")
    quota = practice.one("resourcequota", "cafe", namespace)
    practice.ask("scale", "deployment/till", f"--replicas={ASKED_FOR}", f"--namespace={namespace}")
    _require(lambda: refusals(namespace))
    (pod, *others) = practice.items("pods", namespace)
    return Namespace(full_of, quota, pod, len(others))


def _require(true: Any) -> None:  # noqa: ANN401 - a question without arguments
    if not practice.until(true):
        raise LabError("a namespace with a quota did not become what this exercise needs")


def refusals(namespace: str) -> Sequence[str]:
    """Return what the API server said each time that it let a pod of this namespace not in."""
    events = practice.items("events", namespace, "--field-selector=reason=FailedCreate")
    return [str(event["message"]) for event in events]


def _mistake(each: Namespace, said: int) -> str:
    found = f"`room` says {said}, the API server let {each.let_in} in: "
    hard, used = each.quota["status"]["hard"], each.quota["status"]["used"]
    unused = {name: quantity(hard[name]) for name in hard}
    left = {name: quantity(hard[name]) - quantity(used[name]) for name in hard}
    takes = _takes(CONTAINERS)
    if said == _fits(unused, takes):
        return found + "one pod was in already; what is left is `hard` without `used`"
    if said == _fits(left, _takes(CONTAINERS[:1])):
        return found + "the pod has two containers, and both are counted"
    requested = {**takes, "limits.memory": quantity("320Mi")}
    if said == _fits(left, requested):
        return found + "the quota limits `limits.memory`, and that is not what the containers request"
    return f"{found}this namespace is short of {each.full_of}, and it is the scarcest of all that decides"


def _takes(containers: Sequence[Mapping[str, Any]]) -> Mapping[str, Decimal]:
    resources = [each["resources"] for each in containers]
    return {
        "requests.cpu": sum((quantity(each["requests"]["cpu"]) for each in resources), Decimal()),
        "limits.memory": sum((quantity(each["limits"]["memory"]) for each in resources), Decimal()),
        "pods": Decimal(1),
    }


def _fits(left: Mapping[str, Decimal], takes: Mapping[str, Decimal]) -> int:
    return int(min(left[name] // takes[name] for name in left))
