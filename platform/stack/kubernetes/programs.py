"""Kubernetes' own programs: those on PATH, else those that Go built into the per-user cache."""

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

from filelock import FileLock

from stack.errors import StackError
from stack.install import golang
from stack.paths import PLATFORM, cache_dir
from stack.progress import Reporter, Step

KUBERNETES, HELM = "1.36.3", "3.22.0"
MODULE = PLATFORM / "kubernetes" / "controlplane"
PACKAGES: Mapping[str, str] = {
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "helm": "helm.sh/helm/v3/cmd/helm",
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kwok": "sigs.k8s.io/kwok/cmd/kwok",
}
# kwok's rules for what becomes of a pod, a node and a claim come with its sources, which are deleted after the build.
STAGES = ("node/fast", "node/heartbeat", "pod/fast", "volume/fast")
NO_STAGES = ("kustomization.yaml", "storage-class.yaml")


def folder() -> Path:
    """Return where the built programs are: another version is another folder."""
    return cache_dir() / "tools" / "kubernetes" / f"{KUBERNETES}-helm-{HELM}"


def built(names: Iterable[str] = PACKAGES) -> bool:
    """Tell whether these programs are in the cache."""
    return all((folder() / name).exists() for name in names)


def find(name: str) -> Path:
    """Return kubectl or helm: the one on PATH, which knows its cluster, else ours. Raises StackError."""
    found = shutil.which(name) or str(folder() / name)
    if not Path(found).exists():
        remedy = f"Install it from your system's packages, or build it with Go: `lakehouse cluster install {name}`."
        raise StackError(f"{name} is not installed.", remedy)
    return Path(found)


def install(reporter: Reporter, names: Iterable[str] = PACKAGES) -> None:
    """Build what is missing. May be interrupted; the next call goes on from Go's own cache. Raises StackError."""
    if built(names):
        return
    folder().mkdir(parents=True, exist_ok=True)
    with reporter.live(), FileLock(cache_dir() / "install.lock"):
        for name in names:
            if not built([name]):
                with reporter.step(f"building {name}") as step:
                    _build(name, step)
        golang.clean()


def _build(name: str, step: Step) -> None:
    target = folder() / name
    building = target.with_suffix(".building")
    command = [str(golang.go()), "build", "-v", "-trimpath", "-ldflags", _flags(), "-o", str(building), PACKAGES[name]]
    last: deque[str] = deque(maxlen=golang.SHOWN_LINES)
    # Niced: seven programs of this size keep every processor busy for ten minutes.
    with subprocess.Popen(
        ["nice", *command],
        cwd=MODULE,
        env=golang.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as build:
        try:
            for packages, line in enumerate(build.stdout or ()):
                last.append(line.rstrip())
                step.update(f"{packages} packages, {line.strip()[-40:]}", packages)
        except InterruptedError:
            build.terminate()
            raise
    if build.returncode:
        shown = "\n    ".join(last)
        raise StackError(f"{name} did not build:\n    {shown}", "Is the Go module proxy reachable, is the disk full?")
    if name == "kwok":
        _keep_stages()
    building.replace(target)


def _keep_stages() -> None:
    asked = [str(golang.go()), "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"]
    shown = subprocess.run(asked, cwd=MODULE, env=golang.environment(), capture_output=True, text=True, check=True)
    sources = Path(shown.stdout.strip()) / "kustomize" / "stage"
    files = [file for stage in STAGES for file in sorted((sources / stage).glob("*.yaml"))]
    stages = [file.read_text(encoding="utf-8") for file in files if file.name not in NO_STAGES]
    (folder() / "stages.yaml").write_text("\n---\n".join(stages), encoding="utf-8")


def _flags() -> str:
    major, minor, _ = KUBERNETES.split(".")
    values = {
        "k8s.io/component-base/version.gitVersion": f"v{KUBERNETES}",
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        "k8s.io/component-base/version.gitTreeState": "clean",
        "helm.sh/helm/v3/internal/version.version": f"v{HELM}",
        # What `helm lint` and `helm template` take the cluster for.
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": major,
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": minor,
    }
    return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in values.items())])


def environment(kubeconfig: Path | None = None) -> dict[str, str]:
    """Return the environment for kubectl and helm; with a configuration of its own if one is given."""
    return os.environ | ({"KUBECONFIG": str(kubeconfig)} if kubeconfig else {})
