"""What the notebook shows between its exercises, without names and ages that differ from run to run."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from labkit.labs.kubernetes import objects, practice, room
from labkit.panel import Panel, Tone
from stack.kubernetes import release
from stack.kubernetes.cluster import NAMESPACE

FOR: Final[Mapping[str, str]] = {
    "Deployment": "keeps so many like pods running, and replaces them a few at a time",
    "StatefulSet": "the same for pods with a name and a disk of their own",
    "Pod": "containers that are started together on one node",
    "Job": "runs until it has succeeded once",
    "Service": "a name and an address for whichever pods match its selector",
    "EndpointSlice": "those pods' addresses, written by a controller",
    "ConfigMap": "settings and files for pods",
    "Secret": "the same for what nobody may read",
    "PersistentVolumeClaim": "a disk that outlives its pod",
    "ServiceAccount": "who a pod is for the API server",
    "NetworkPolicy": "who may connect to whom",
    "PodDisruptionBudget": "how many may be missing at a time during maintenance",
}
EVENTS_WITHIN_S: Final = 5.0


def count() -> Mapping[str, int]:
    """Return how many objects of each kind the platform's namespace has."""
    kinds = ",".join(f"{kind.lower()}s" for kind in FOR if kind != "NetworkPolicy") + ",networkpolicies"
    return Counter(str(each["kind"]) for each in practice.items(kinds, NAMESPACE) if _ours(each["metadata"]["name"]))


def _ours(name: str) -> bool:
    """Leave out what every namespace has, and what Helm keeps of each release."""
    return name not in ("default", "kube-root-ca.crt") and not name.startswith("sh.helm.release")


def everything() -> Panel:
    """Return which objects there are, and what each kind is for."""
    found = count()
    rows = [(kind, str(found[kind]), what) for kind, what in FOR.items()]
    return Panel(f"{sum(found.values())} objects", table=(("kind", "how many", "what it is for"), *rows))


def workloads() -> Panel:
    """Return what runs, and how much of it is ready."""
    found = sorted(release.workloads(practice.cluster()), key=lambda each: (each.kind, each.name))
    rows = [(each.kind, _without_hash(each), f"{each.ready} of {each.wanted}") for each in found]
    return Panel("The platform on the cluster", table=(("kind", "name", "ready"), *rows))


def _without_hash(each: release.Workload) -> str:
    return each.name.rpartition("-")[0] if each.kind == "Job" else each.name


def service(name: str) -> Panel:
    """Return what a Service asks for, and what it finds."""
    selector = practice.one("service", name, NAMESPACE)["spec"]["selector"]
    practice.until(lambda: bool(objects.receivers(name, NAMESPACE)) == _matching(selector), within_s=EVENTS_WITHIN_S)
    found = objects.receivers(name, NAMESPACE)
    ready = next(each for each in release.workloads(practice.cluster()) if each.name == name)
    status = practice.cluster().helm("status", release.RELEASE, f"--namespace={NAMESPACE}").stdout
    rows = (
        ("the Service asks for", ", ".join(f"{key}={value}" for key, value in selector.items())),
        ("the EndpointSlice has", f"{len(found)} pod{'s' * (len(found) != 1)}"),
        ("the Deployment says", f"{ready.ready} of {ready.wanted} ready"),
        ("Helm says", next(line for line in status.splitlines() if line.startswith("STATUS")).lower()),
    )
    return Panel(f"The Service {name}", Tone.GOOD if found else Tone.WARNING, table=(("", ""), *rows))


def _matching(selector: Mapping[str, str]) -> bool:
    wanted = ",".join(f"{key}={value}" for key, value in selector.items())
    return bool(practice.items("pods", NAMESPACE, f"--selector={wanted}"))


def refused(deployment: str) -> Panel:
    """Return what a Deployment wants and has, and what the events say of the difference."""
    practice.until(lambda: room.refusals(NAMESPACE), within_s=EVENTS_WITHIN_S)
    said = [message for message in room.refusals(NAMESPACE) if f'"{deployment}-' in message]
    why = said[0].partition(" is forbidden: ")[2] if said else "nothing"
    return Panel(f"{deployment}: {_of(deployment)}", Tone.WARNING, lines=(f"An event says: {why}",))


def wanted(*deployments: str) -> Panel:
    """Return how many pods these Deployments want, and have; waits until they have them."""
    practice.until(lambda: all(_complete(name) for name in deployments))
    rows = [(name, _of(name)) for name in deployments]
    return Panel("What shall be, and what is", table=(("Deployment", "pods"), *rows))


def _complete(name: str) -> bool:
    found = practice.one("deployment", name, NAMESPACE)
    have = found["status"].get("readyReplicas", 0)
    return bool(found["spec"]["replicas"] == have == found["status"].get("replicas", 0))


def _of(name: str) -> str:
    found = practice.one("deployment", name, NAMESPACE)
    return f"{found['status'].get('readyReplicas', 0)} of {found['spec']['replicas']}"


def history() -> Panel:
    """Return the last entries of the release's history."""
    shown = practice.cluster().helm("history", release.RELEASE, f"--namespace={NAMESPACE}", "--max=3").stdout
    rows = [[cell.strip() for cell in line.split("\t")] for line in shown.splitlines()]
    return Panel("The release", table=[(row[0], row[2], row[5]) for row in rows])
