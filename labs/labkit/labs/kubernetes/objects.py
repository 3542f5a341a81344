"""Objects of a small café, for the checks: Deployments, Pods and Services as Kubernetes takes them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from labkit.errors import LabError
from labkit.labs.kubernetes import practice

Labels = Mapping[str, str]
NAMESPACE: Final = "lab15"
"""The checks' own namespace, beside that of the platform."""
PORT: Final = 8000


def own(what: str) -> str:
    """Return a name that nobody has used."""
    return f"{what}-{secrets.token_hex(3)}"


def container(name: str = "till", **resources: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a container that listens at the port `http`; no image is ever pulled by a fake node."""
    port = {"name": "http", "containerPort": PORT}
    return {"name": name, "image": "lakehouse/services:0.1.0", "ports": [port], "resources": resources}


def pod(name: str, labels: Labels, **spec: Any) -> Mapping[str, Any]:  # noqa: ANN401 - fields of a pod's spec
    """Return a single pod."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {"containers": [container()], **spec},
    }


def deployment(
    name: str,
    selector: Labels,
    labels: Labels,
    *,
    replicas: int = 2,
    containers: Sequence[Mapping[str, Any]] = (),
) -> Mapping[str, Any]:
    """Return a Deployment whose pods carry the selector's labels and these."""
    template = {"metadata": {"labels": {**selector, **labels}}, "spec": {"containers": containers or [container()]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": selector}, "template": template},
    }


def service(name: str, selector: Labels | None, target: str = "http") -> Mapping[str, Any]:
    """Return a Service at port 80; without a selector it finds no pods by itself."""
    spec: dict[str, Any] = {"ports": [{"port": 80, "targetPort": target}]}
    if selector is not None:
        spec["selector"] = selector
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": spec,
    }


def receivers(name: str, namespace: str = NAMESPACE) -> set[str]:
    """Return the names of the pods that a Service sends requests to, as its EndpointSlices say."""
    return {
        endpoint["targetRef"]["name"]
        for each in slices(name, namespace)
        for endpoint in each.get("endpoints") or ()
        if endpoint["conditions"].get("ready")
    }


def ports(name: str, namespace: str = NAMESPACE) -> set[int]:
    """Return the ports at which a Service's pods are asked."""
    return {port["port"] for each in slices(name, namespace) for port in each.get("ports") or () if port.get("port")}


def slices(name: str, namespace: str = NAMESPACE) -> Sequence[Any]:
    """Return the EndpointSlices that a controller keeps for a Service."""
    return practice.items("endpointslices", namespace, f"--selector=kubernetes.io/service-name={name}")


def pods_of(labels: Labels) -> Sequence[Any]:
    """Return the pods with these labels, but for those that are being deleted."""
    wanted = ",".join(f"{name}={value}" for name, value in labels.items())
    found = practice.items("pods", NAMESPACE, f"--selector={wanted}")
    return [each for each in found if "deletionTimestamp" not in each["metadata"]]


def rolled_out(name: str, namespace: str = NAMESPACE) -> None:
    """Wait until a Deployment has all its pods, new ones only. Raises `LabError`."""
    done = practice.cluster().kubectl(
        "rollout", "status", f"deployment/{name}", f"--namespace={namespace}", "--timeout=30s"
    )
    if done.returncode:
        raise LabError(f"{name} was not rolled out: {done.stderr.strip()[-200:]}")


def remove(*kinds_and_names: str) -> None:
    """Delete objects given as `kind/name`, without waiting for the end of their pods."""
    practice.ask("delete", *kinds_and_names, f"--namespace={NAMESPACE}", "--wait=false", "--ignore-not-found")
