"""The chart as a Helm release: set up, deploy, status, destroy."""

import json
from dataclasses import dataclass

from stack.errors import StackError
from stack.kubernetes.cluster import NAMESPACE, Cluster
from stack.paths import PLATFORM
from stack.progress import Reporter

CHART = PLATFORM / "kubernetes"
RELEASE = "lakehouse"
NOISE = "found symbolic link in path"  # the chart's files are links to the servers' own, which helm tells each time
NAMESPACE_OBJECT = f"""
apiVersion: v1
kind: Namespace
metadata:
  name: {NAMESPACE}
  labels:
    # The API server refuses every pod that runs as root, with capabilities or with a path of its node.
    pod-security.kubernetes.io/enforce: restricted
"""


@dataclass(frozen=True)
class Workload:
    """A Deployment, a StatefulSet or a Job, and how many of its pods are as they should be."""

    kind: str
    name: str
    wanted: int
    ready: int


def check(cluster: Cluster, reporter: Reporter) -> None:
    """Tell which programs, which cluster and what it lacks. Raises StackError."""
    reporter.say(f"✓ helm {cluster.helm('version', '--template={{.Version}}').stdout.strip()}")
    reporter.say(f"✓ Kubernetes {cluster.require()}, context {cluster.context()}")
    classes = cluster.get("storageclasses")
    annotation = "storageclass.kubernetes.io/is-default-class"
    default = [each["metadata"]["name"] for each in classes if each["metadata"].get("annotations", {}).get(annotation)]
    if not default:
        raise StackError(
            "The cluster has no default storage class, so its volumes would stay pending.",
            "Mark one as the default, or give `storageClass` (see platform/kubernetes/README.md).",
        )
    reporter.say(f"✓ storage class {default[0]}")


def setup(cluster: Cluster, reporter: Reporter) -> None:
    """Make the namespace. The chart has no dependency to fetch, and its secrets are made at install."""
    cluster.require()
    made = cluster.kubectl("apply", "--server-side", "--filename=-", stdin=NAMESPACE_OBJECT)
    if made.returncode:
        raise StackError(f"The namespace could not be made: {made.stderr.strip()[-400:]}")
    reporter.say(f"✓ namespace {NAMESPACE}")


def deploy(cluster: Cluster, reporter: Reporter, *, size: str, minutes: int = 15) -> None:
    """Install the chart or bring it up to date, and wait until every pod is ready and every job done.

    Raises StackError with Helm's own words. What does not change is not touched, so a second time does nothing.
    """
    setup(cluster, reporter)
    values = CHART / f"values-{size}.yaml"
    if not values.exists():
        sizes = sorted(path.stem.removeprefix("values-") for path in CHART.glob("values-*.yaml"))
        raise StackError(f"There is no size '{size}'.", f"There are: {', '.join(sizes)}.")
    _require_same_size(cluster, size)
    options = ("--install", "--namespace", NAMESPACE, "--values", str(values))
    waiting = ("--wait", "--wait-for-jobs", f"--timeout={minutes}m")
    reporter.say(f"Deploying to {cluster.context()}, size {size}; the first time it pulls images.")
    done = cluster.helm("upgrade", RELEASE, str(CHART), *options, *waiting)
    if done.returncode:
        said = "\n    ".join(line for line in done.stderr.splitlines() if NOISE not in line)
        raise StackError(f"Helm could not deploy:\n    {said}", "`lakehouse cluster status` shows what is not ready.")
    reporter.say("✓ deployed")


def _require_same_size(cluster: Cluster, size: str) -> None:
    """Raise StackError if another size is deployed: volumes and the number of stores' pods cannot change afterwards."""
    known = cluster.helm("get", "values", RELEASE, "--namespace", NAMESPACE, "--output=json")
    there = json.loads(known.stdout)["size"] if known.returncode == 0 else size
    if there != size:
        raise StackError(
            f"The size {there} is deployed, and the volumes of its stores cannot change.",
            f"Turn up single values (platform/kubernetes/README.md), or `make destroy deploy SIZE={size}`.",
        )


def destroy(cluster: Cluster, reporter: Reporter) -> None:
    """Uninstall the release and delete the namespace, and so every volume and secret in it. Raises StackError."""
    cluster.require()
    # The release first: it knows an order, the namespace does not.
    done = cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--ignore-not-found", "--wait")
    if not done.returncode:
        done = cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=5m")
    if done.returncode:
        raise StackError(f"Not everything could be deleted: {done.stderr.strip()[-400:]}")
    reporter.say(f"Everything in the namespace {NAMESPACE} is deleted, its data too.")


def summary(cluster: Cluster) -> str:
    """Return one line about the cluster's release; empty where no cluster answers or nothing is deployed on it."""
    try:
        found = workloads(cluster)
    except StackError:
        return ""
    ready = sum(each.ready >= each.wanted for each in found)
    return f"Cluster {cluster.context()}: {ready} of {len(found)} workloads are ready." if found else ""


def workloads(cluster: Cluster) -> list[Workload]:
    """Return what runs in the namespace."""
    found = []
    for item in cluster.get("deployments,statefulsets,jobs"):
        kind, spec, status = item["kind"], item["spec"], item.get("status", {})
        job = kind == "Job"
        wanted = int(spec.get("completions" if job else "replicas", 1))
        ready = int(status.get("succeeded" if job else "readyReplicas", 0))
        found.append(Workload(kind, item["metadata"]["name"], wanted, ready))
    return found
