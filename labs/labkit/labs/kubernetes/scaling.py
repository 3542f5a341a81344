"""Exercise 5: Trino's workers and the normalizer turned up by values, on the release of this lab."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from labkit.attempt import Attempt
from labkit.errors import LabError, OutOfOrderError, WrongAnswerError
from labkit.labs.kubernetes import practice
from labkit.spec import Passed
from stack.kubernetes import release
from stack.kubernetes.cluster import NAMESPACE

WORKERS: Final = 2
PARTITIONS: Final = 3
"""Of the topics that the normalizer reads; `services/contracts/topics.py` says so."""
MORE_PARTITIONS: Final = 6
LAPTOP: Final = release.CHART / "values-laptop.yaml"


def check(attempt: Attempt) -> Passed:
    """Render the chart with the learner's values for six partitions, then upgrade the release with those for three."""
    attempt.written()
    if not deployed():
        raise OutOfOrderError("nothing is deployed yet", try_next="run the cell with `cluster deploy`, then this.")
    before = _rendered({})
    for partitions in (MORE_PARTITIONS, PARTITIONS):
        values = attempt(WORKERS, partitions)
        if not isinstance(values, Mapping):
            raise WrongAnswerError(f"`turned_up` returned a {type(values).__name__}; values are a `dict`")
        if mistake := _mistake(before, _rendered(values), values, partitions):
            raise WrongAnswerError(mistake)
    upgrade(values)
    ready = {each.name: each.ready for each in release.workloads(practice.cluster())}
    back()
    return Passed(
        "the release was upgraded, and what was turned up is ready",
        {name: f"{ready[name]} ready" for name in ("trino-worker", "normalizer", "trino-coordinator", "kafka")},
    )


def deployed() -> bool:
    """Tell whether the lab's cluster has the release."""
    return practice.cluster().helm("status", release.RELEASE, f"--namespace={NAMESPACE}").returncode == 0


def upgrade(values: Mapping[str, Any]) -> None:
    """Bring the release to these values on top of the laptop's, and wait until all is ready. Raises `LabError`."""
    _wait(_helm("upgrade", values))


def back() -> None:
    """Roll the release back to what it was before its last upgrade. Raises `LabError`."""
    _wait(practice.cluster().helm("rollback", release.RELEASE, f"--namespace={NAMESPACE}"))


def _wait(done: "subprocess.CompletedProcess[str]") -> None:
    """Wait for what Helm has asked for; its own `--wait` looks every two seconds only."""
    if done.returncode:
        raise LabError(f"helm could not change the release: {done.stderr.strip()[-300:]}")
    if not practice.until(lambda: all(each.ready == each.wanted for each in release.workloads(practice.cluster()))):
        raise LabError("not everything in the release became ready")


def _rendered(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return how many pods each workload is to have with these values."""
    done = _helm("template", values)
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.startswith("Error")), "it does not say why")
        raise WrongAnswerError(f"Helm cannot make objects of these values: {said[-250:]}")
    made = [each for each in yaml.safe_load_all(done.stdout) if each]
    return {each["metadata"]["name"]: each["spec"]["replicas"] for each in made if "replicas" in each.get("spec", {})}


def _helm(verb: str, values: Mapping[str, Any]) -> "subprocess.CompletedProcess[str]":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.json"
        file.write_text(json.dumps(values), encoding="utf-8")
        chart = (release.RELEASE, str(release.CHART), f"--namespace={NAMESPACE}")
        return practice.cluster().helm(verb, *chart, f"--values={LAPTOP}", f"--values={file}")


def _mistake(
    before: Mapping[str, Any], after: Mapping[str, Any], values: Mapping[str, Any], partitions: int
) -> str | None:
    if dotted := next((name for name in values if "." in str(name)), None):
        return f"`{dotted}` is one name with dots in it, and no template asks for it; values are a dict in a dict"
    changed = {name for name in after if after[name] != before[name]}
    if strange := changed - {"trino-worker", "normalizer"}:
        return f"{min(strange)} changed too, from {before[min(strange)]} to {after[min(strange)]}: nobody asked for it"
    if after["trino-worker"] != WORKERS:
        return f"Trino has {after['trino-worker']} workers with these values, not {WORKERS}"
    if after["normalizer"] > partitions:
        return (
            f"{after['normalizer']} normalizers for {partitions} partitions: each partition has one reader in a group, "
            "so the others would wait for ever"
        )
    if after["normalizer"] < partitions:
        return f"{after['normalizer']} normalizers for {partitions} partitions: there could be one for each"
    return None
