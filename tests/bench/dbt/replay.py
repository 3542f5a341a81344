"""What dbt executed, executed again by Trino's client alone: the floor of what a build can take."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.integration.dbt.lake import Lake

THREADS = 4
"""As many as dbt has, in profiles.yml."""


@dataclass(frozen=True)
class Replay:
    """Statements in groups: those of a group run side by side, after the group before."""

    groups: list[list[str]]

    def run(self, lake: Lake) -> None:
        """Execute all statements."""
        with ThreadPoolExecutor(THREADS) as pool:
            for group in self.groups:
                list(pool.map(lake.query, group))


def replay_of_the_last_build(lake: Lake) -> Replay:
    """Return the models and data tests of the last `dbt build --full-refresh`, seed and unit tests left out."""
    nodes = json.loads((lake.target / "manifest.json").read_text())["nodes"]
    results = json.loads((lake.target / "run_results.json").read_text())["results"]
    ran = [result["unique_id"] for result in results if result["unique_id"].startswith(("model.", "test."))]
    depth: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            parents = nodes.get(name, {}).get("depends_on", {}).get("nodes", [])
            depth[name] = 1 + max(map(depth_of, parents), default=0)
        return depth[name]

    groups: dict[int, list[str]] = {}
    for name in ran:
        groups.setdefault(depth_of(name), []).append(_statement(nodes[name]))
    return Replay([groups[level] for level in sorted(groups)])


def _statement(node: dict[str, object]) -> str:
    compiled = str(node["compiled_code"])
    if node["resource_type"] == "test":
        return f"select count(*) from ({compiled})"  # noqa: S608 - dbt's own statement
    config = node["config"]
    assert isinstance(config, dict)
    properties = ", ".join(f"{name} = {value}" for name, value in (config.get("properties") or {}).items())
    options = f"with ({properties})" if properties else ""
    return f"create or replace table {node['relation_name']} {options} as {compiled}"
