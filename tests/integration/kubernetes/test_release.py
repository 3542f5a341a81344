"""The chart on a real API server: admitted, scheduled, ready; deployed twice, upgraded, rolled back, destroyed.

The tests are in the order of a release's life, and each stands on the ones before.
"""

import json
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest

from stack.kubernetes import forwarding, programs, release
from stack.kubernetes.cluster import NAMESPACE, Cluster

pytestmark = [pytest.mark.kubernetes, pytest.mark.slow]
Make = Callable[..., CompletedProcess[str]]


def spec_of(cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
    (item,) = cluster.get(kind, f"--field-selector=metadata.name={name}")
    return item


def secret(cluster: Cluster) -> dict[str, str]:
    return spec_of(cluster, "secrets", "lakehouse")["data"]


def generations(cluster: Cluster) -> dict[str, int]:
    items = cluster.get("deployments,statefulsets,jobs")
    return {f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["generation"] for item in items}


def test_check_finds_the_cluster_and_its_storage(make: Make) -> None:
    checked = make("check")
    assert checked.returncode == 0, checked.stderr
    assert f"v{programs.KUBERNETES}" in checked.stdout


def test_before_a_deploy_the_status_says_that_there_is_nothing(make: Make) -> None:
    told = make("polaris-status")
    assert "make deploy" in told.stdout + told.stderr


def test_setup_makes_the_namespace_twice_as_well_as_once(make: Make, cluster: Cluster) -> None:
    assert make("setup").returncode == 0
    assert make("setup").returncode == 0
    shown = cluster.kubectl("get", "namespace", NAMESPACE, "--output=json")
    labels = json.loads(shown.stdout)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_pod_that_runs_as_root_is_refused(cluster: Cluster) -> None:
    refused = cluster.kubectl("run", "root", "--image=busybox", "--namespace", NAMESPACE)
    assert refused.returncode != 0
    assert "violates PodSecurity" in refused.stderr


def test_deploy_makes_everything_ready(make: Make, cluster: Cluster) -> None:
    deployed = make("deploy")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    found = release.workloads(cluster)
    assert [each for each in found if each.ready < each.wanted] == []
    assert {"kafka", "payments-db", "polaris", "trino-coordinator", "gateway", "dagster"} <= {
        each.name for each in found
    }


def test_every_pod_is_on_a_node(cluster: Cluster) -> None:
    placed = {pod["metadata"]["name"]: pod["spec"].get("nodeName") for pod in cluster.get("pods")}
    assert placed
    assert [name for name, node in placed.items() if not node] == []


def test_every_claim_is_bound(cluster: Cluster) -> None:
    assert {claim["status"]["phase"] for claim in cluster.get("persistentvolumeclaims")} == {"Bound"}


def test_every_service_has_endpoints(cluster: Cluster) -> None:
    served = {
        each["metadata"]["labels"]["kubernetes.io/service-name"]
        for each in cluster.get("endpointslices")
        if any(endpoint["conditions"].get("ready") for endpoint in each.get("endpoints") or [])
    }
    assert {service["metadata"]["name"] for service in cluster.get("services")} <= served


def test_a_second_deploy_changes_nothing(make: Make, cluster: Cluster) -> None:
    before, kept = generations(cluster), secret(cluster)
    again = make("deploy")
    assert again.returncode == 0, again.stderr
    assert generations(cluster) == before
    assert secret(cluster) == kept


def test_status_shows_what_runs(make: Make) -> None:
    shown = make("status")
    assert "workloads are ready" in shown.stdout


def test_ports_that_are_not_forwarded_are_shown_as_such(make: Make) -> None:
    shown = make("port-forward-status")
    assert shown.returncode == 0
    assert "service/polaris" in shown.stdout
    assert "✓" not in shown.stdout


def test_another_size_is_refused_before_anything_is_changed(make: Make, cluster: Cluster) -> None:
    before = generations(cluster)
    refused = make("deploy", "SIZE=team")
    assert refused.returncode != 0
    assert "The size laptop is deployed" in refused.stderr
    assert generations(cluster) == before


def test_an_upgrade_scales_and_keeps_the_secrets(cluster: Cluster) -> None:
    kept = secret(cluster)
    more = "--set=services.normalizer.replicas=3,trino.workers.replicas=2"
    options = ("--namespace", NAMESPACE, "--reuse-values", "--wait", "--timeout=4m")
    done = cluster.helm("upgrade", release.RELEASE, str(release.CHART), *options, more)
    assert done.returncode == 0, done.stderr
    ready = {each.name: each.ready for each in release.workloads(cluster)}
    assert (ready["normalizer"], ready["trino-worker"]) == (3, 2)
    assert secret(cluster) == kept


def test_a_rollback_goes_back_to_what_was_before(cluster: Cluster) -> None:
    done = cluster.helm("rollback", release.RELEASE, "--namespace", NAMESPACE, "--wait", "--timeout=4m")
    assert done.returncode == 0, done.stderr
    wanted = {each.name: each.wanted for each in release.workloads(cluster)}
    assert (wanted["normalizer"], wanted["trino-worker"]) == (1, 0)


def test_workers_are_scaled_by_hand_and_become_ready(cluster: Cluster) -> None:
    for arguments in (
        ("scale", "deployment/trino-worker", "--replicas=2"),
        ("rollout", "status", "deployment/trino-worker"),
    ):
        done = cluster.kubectl(*arguments, "--namespace", NAMESPACE)
        assert done.returncode == 0, done.stderr
    assert spec_of(cluster, "deployments", "trino-worker")["status"]["readyReplicas"] == 2


def test_the_coordinator_has_the_name_that_the_documents_use(cluster: Cluster) -> None:
    assert (
        spec_of(cluster, "deployments", "trino-coordinator")["spec"]["template"]["spec"]["containers"][0]["name"]
        == "trino"
    )


def test_destroy_without_a_yes_destroys_nothing(make: Make, cluster: Cluster) -> None:
    before = generations(cluster)
    refused = make("destroy", answer="n\n")
    assert refused.returncode != 0
    assert make("destroy").returncode != 0
    assert generations(cluster) == before


def test_destroy_with_a_yes_leaves_nothing(make: Make, cluster: Cluster) -> None:
    destroyed = make("destroy", "YES=1")
    assert destroyed.returncode == 0, destroyed.stderr
    assert cluster.kubectl("get", "namespace", NAMESPACE).returncode != 0
    assert forwarding.running() == {}


def test_a_team_is_admitted_and_scheduled_too(make: Make, cluster: Cluster) -> None:
    deployed = make("deploy", "SIZE=team")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    ready = {each.name: each.ready for each in release.workloads(cluster)}
    assert (ready["kafka"], ready["minio"], ready["trino-worker"], ready["orchestrator"]) == (3, 4, 3, 3)
    assert make("destroy", "YES=1").returncode == 0
