"""A Kubernetes control plane without containers: a real API server, real controllers and scheduler, fake nodes.

The nodes and what becomes of their pods are kwok's: a pod that is scheduled is "running" at once, and no program runs.
"""

import contextlib
import json
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from stack import ports
from stack.context import LOCALHOST
from stack.errors import StackError
from stack.kubernetes import programs
from stack.kubernetes.cluster import Cluster
from stack.paths import private_dir, write_private

READY_WITHIN_S = 120
ENDS_WITHIN_S = 5
LOG_LINES = 15
ISSUER = "https://kubernetes.default.svc"
STORAGE_CLASS: Mapping[str, Any] = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "kwok-volume", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "kwok.x-k8s.io/volume",
}


@contextmanager
def control_plane(folder: Path, nodes: int = 3) -> Iterator[Cluster]:
    """Run a control plane in this empty folder while the block runs; gives the cluster, with its nodes ready.

    Raises StackError if a program is not built, ends, or does not answer in time.
    """
    if not programs.built():
        raise StackError("The control plane is not built.", "`lakehouse cluster install`: about 15 minutes, once.")
    private_dir(folder)
    with ExitStack() as running:
        cluster = _start(folder, running)
        objects = [STORAGE_CLASS, *(_node(f"node-{number}") for number in range(nodes))]
        for each in objects:
            made = cluster.kubectl("apply", "--filename=-", stdin=json.dumps(each))
            if made.returncode:
                raise StackError(f"The control plane refused {each['kind']}: {made.stderr.strip()}")
        waited = cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", f"--timeout={READY_WITHIN_S}s")
        if waited.returncode:
            raise StackError(f"The nodes are not ready: {waited.stderr.strip()}\n{_tail(folder / 'kwok.log')}")
        yield cluster


def _start(folder: Path, running: ExitStack) -> Cluster:
    etcd, peer, api = (ports.free_port() for _ in range(3))
    certificates = folder / "certificates"
    key = (
        certificates / "apiserver.key"
    )  # made by the API server itself at its start; it signs the accounts' tokens, too
    kubeconfig = folder / "kubeconfig"
    token = secrets.token_urlsafe(32)
    write_private(folder / "tokens.csv", f"{token},admin,admin,system:masters\n")
    write_private(kubeconfig, _kubeconfig(f"https://{LOCALHOST}:{api}", token, certificates / "apiserver.crt"))
    peers = f"http://{LOCALHOST}:{peer}"
    started = {
        "etcd": {
            "data-dir": folder / "etcd",
            "listen-client-urls": f"http://{LOCALHOST}:{etcd}",
            "advertise-client-urls": f"http://{LOCALHOST}:{etcd}",
            "listen-peer-urls": peers,
            "initial-advertise-peer-urls": peers,
            "initial-cluster": f"default={peers}",
            "unsafe-no-fsync": "true",  # nobody needs this cluster after a power cut
            "log-level": "warn",
        },
        "kube-apiserver": {
            "etcd-servers": f"http://{LOCALHOST}:{etcd}",
            "bind-address": LOCALHOST,
            "advertise-address": LOCALHOST,
            "endpoint-reconciler-type": "none",  # the service `kubernetes` may not point at a loopback address
            "secure-port": api,
            "cert-dir": certificates,
            "token-auth-file": folder / "tokens.csv",
            "authorization-mode": "Node,RBAC",
            "service-cluster-ip-range": "10.0.0.0/16",
            "service-account-issuer": ISSUER,
            "service-account-key-file": key,
            "service-account-signing-key-file": key,
        },
        "kube-controller-manager": {
            "kubeconfig": kubeconfig,
            "service-account-private-key-file": key,
            "root-ca-file": certificates / "apiserver.crt",
            "leader-elect": "false",
            "secure-port": 0,
            "kube-api-qps": 200,  # ten times its own: nobody else asks this API server
            "kube-api-burst": 400,
        },
        "kube-scheduler": {"kubeconfig": kubeconfig, "leader-elect": "false", "secure-port": 0},
        "kwok": {"kubeconfig": kubeconfig, "config": programs.folder() / "stages.yaml", "manage-all-nodes": "true"},
    }
    cluster = Cluster(kubeconfig)
    for name, flags in started.items():
        process = running.enter_context(_program(folder, name, [f"--{flag}={value}" for flag, value in flags.items()]))
        if name == "kube-apiserver":
            _wait(cluster, process, folder / f"{name}.log")
    return cluster


@contextmanager
def _program(folder: Path, name: str, flags: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([programs.folder() / name, *flags], cwd=folder, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=ENDS_WITHIN_S)
            process.kill()
            process.wait()


def _wait(cluster: Cluster, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while cluster.kubectl("get", "--raw=/readyz").returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise StackError(f"{log.stem} does not answer:\n{_tail(log)}")
        time.sleep(0.3)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])


def _kubeconfig(server: str, token: str, authority: Path) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "practice",
            "clusters": [{"name": "practice", "cluster": {"server": server, "certificate-authority": str(authority)}}],
            "users": [{"name": "admin", "user": {"token": token}}],
            "contexts": [{"name": "practice", "context": {"cluster": "practice", "user": "admin"}}],
        }
    )


def _node(name: str) -> Mapping[str, Any]:
    labels = {"kubernetes.io/hostname": name, "type": "kwok"}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
