"""What every verb asks first: are kubectl and helm there, and does a cluster answer?"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.kubernetes import programs

NAMESPACE = "lakehouse"
MINIMUM = (1, 29)
TIMEOUT = "--request-timeout=5s"


@dataclass(frozen=True)
class Cluster:
    """The cluster of the current context, or that of a configuration of its own."""

    kubeconfig: Path | None = None

    def kubectl(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run kubectl and return what it said, whatever its exit code."""
        return self._run("kubectl", arguments, stdin)

    def helm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run helm and return what it said, whatever its exit code."""
        return self._run("helm", arguments)

    def _run(self, program: str, arguments: tuple[str, ...], stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(programs.find(program)), *arguments]
        environment = programs.environment(self.kubeconfig)
        return subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, check=False)

    def require(self) -> str:
        """Return the server's version. Raises StackError where none answers, or an older one than the chart needs."""
        answer = self.kubectl("version", "--output=json", TIMEOUT)
        if answer.returncode:
            said = (answer.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise StackError(
                f"No Kubernetes cluster is reachable: {said}",
                "Start one (`kind create cluster`, Docker Desktop), or choose one: `kubectl config use-context NAME`.",
            )
        server = json.loads(answer.stdout)["serverVersion"]
        version = (int(server["major"]), int(server["minor"].rstrip("+")))
        if version < MINIMUM:
            needed = ".".join(map(str, MINIMUM))
            raise StackError(
                f"The cluster is Kubernetes {server['gitVersion']}; the chart needs {needed}.", "Update it."
            )
        return str(server["gitVersion"])

    def context(self) -> str:
        """Return the name of the current context."""
        return self.kubectl("config", "current-context").stdout.strip() or "(none)"

    def get(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the objects that `kubectl get` lists, in the platform's namespace. Raises StackError."""
        answer = self.kubectl("get", *arguments, "--namespace", NAMESPACE, "--output=json", TIMEOUT)
        if answer.returncode:
            raise StackError(f"kubectl get {' '.join(arguments)}: {answer.stderr.strip()[-300:]}")
        items: list[dict[str, Any]] = json.loads(answer.stdout)["items"]
        return items
