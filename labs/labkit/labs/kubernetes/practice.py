"""The lab's cluster: a real control plane with fake nodes, kept by a process that ends when the kernel does."""

import atexit
import contextlib
import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from labkit.errors import LabError, OutOfOrderError
from labkit.platform import scrub
from services.contracts.settings import REPOSITORY
from stack.errors import StackError
from stack.kubernetes import programs
from stack.kubernetes.cluster import Cluster

Object = Mapping[str, Any]
WITHIN_S: Final = 20.0
ENDS_WITHIN_S: Final = 4.0
"""Jupyter gives a kernel five seconds to end."""
_PREFIX: Final = "export KUBECONFIG="


def lacks() -> str:
    """Return what is missing for the lab on this machine; empty if nothing is."""
    return "" if programs.built() else "no control plane is built here: `lakehouse cluster install`, 15 minutes, once"


def start() -> Cluster:
    """Start the cluster, if it does not run in this kernel yet, and have `kubectl` and `helm` of this kernel use it.

    Raises StackError: it is not built, or did not start.
    """
    if not (_keeper() and _keeper()[-1].poll() is None):
        if reason := lacks():
            raise StackError(f"This lab cannot run here: {reason}.")
        _keeper().append(_start())
    return cluster()


def cluster() -> Cluster:
    """Return the cluster that runs in this kernel. Raises `OutOfOrderError` if none does."""
    if not (_keeper() and _keeper()[-1].poll() is None):
        raise OutOfOrderError(
            "the lab's cluster does not run in this kernel", try_next="run the cell with `practice.start()`, then this."
        )
    return Cluster(Path(os.environ["KUBECONFIG"]))


@functools.cache
def _keeper() -> list["subprocess.Popen[str]"]:
    return []


def _start() -> "subprocess.Popen[str]":
    """Start a process that runs the cluster as long as its stdin is open: until this kernel ends, in whatever way."""
    keeper = subprocess.Popen(
        [Path(sys.executable).with_name("lakehouse"), "cluster", "practice"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        start_new_session=True,  # who interrupts a cell does not mean the cluster
    )
    assert keeper.stdout  # noqa: S101 - it is a pipe
    said = keeper.stdout.readline().strip()
    if not said.startswith(_PREFIX):
        _, errors = keeper.communicate()
        raise StackError(f"The cluster did not start: {scrub(errors).strip()}")
    os.environ["KUBECONFIG"] = said.removeprefix(_PREFIX)
    atexit.register(_end, keeper)
    return keeper


def _end(keeper: "subprocess.Popen[str]") -> None:
    """Close the cluster's stdin, and wait a little: it ends by itself all the same."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        keeper.communicate(timeout=ENDS_WITHIN_S)


def kubectl(command: str) -> None:
    """Run `kubectl` with these arguments, as in a terminal, and print what it says."""
    done = cluster().kubectl(*command.split())
    print((done.stdout + done.stderr).rstrip())  # noqa: T201 - the cell's output


def ask(*arguments: str, stdin: str = "") -> str:
    """Return what kubectl answers. Raises `LabError` with its words if it refuses."""
    done = cluster().kubectl(*arguments, stdin=stdin)
    if done.returncode:
        raise LabError(f"kubectl {arguments[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def apply(namespace: str, *objects: Object) -> None:
    """Make these objects in a namespace, or bring them up to date."""
    where = (f"--namespace={namespace}",) if namespace else ()
    ask("apply", *where, "--filename=-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def items(kind: str, namespace: str, *more: str) -> Sequence[Any]:
    """Return the objects of a kind, as the API server gives them."""
    answer: Sequence[Any] = json.loads(ask("get", kind, f"--namespace={namespace}", "--output=json", *more))["items"]
    return answer


def one(kind: str, name: str, namespace: str) -> Any:  # noqa: ANN401 - JSON
    """Return one object."""
    return json.loads(ask("get", kind, name, f"--namespace={namespace}", "--output=json"))


def until(true: Callable[[], object], within_s: float = WITHIN_S) -> bool:
    """Ask until it is true, and tell whether it became so: controllers need a moment."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def namespace(name: str) -> None:
    """Make a namespace, and wait for the account that its pods run as."""
    apply("", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    if not until(lambda: items("serviceaccounts", name, "--field-selector=metadata.name=default")):
        raise LabError(f"the namespace {name} did not get its default account")
