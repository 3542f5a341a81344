"""What dbt executed, executed again by Trino's client alone: the floor of what a build can take."""

import json
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from tests.integration.dbt.lake import Lake

THREADS = 4
"""As many as dbt has, in profiles.yml."""


@dataclass(frozen=True)
class Replay:
    """Statements, and what each has to wait for."""

    statements: Mapping[str, str]
    needs: Mapping[str, frozenset[str]]

    def run(self, lake: Lake) -> None:
        """Execute all statements, each as soon as it may be, four at a time."""
        order = TopologicalSorter(self.needs)
        order.prepare()
        running: dict[Future[object], str] = {}
        with ThreadPoolExecutor(THREADS) as pool:
            while order.is_active():
                running |= {pool.submit(lake.query, self.statements[name]): name for name in order.get_ready()}
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    done.result()
                    order.done(running.pop(done))


def replay_of_the_last_build(lake: Lake) -> Replay:
    """Return the last full build's models and data tests, in dbt's order; the seed stays as it is."""
    nodes = json.loads((lake.target / "manifest.json").read_text())["nodes"]
    results = json.loads((lake.target / "run_results.json").read_text())["results"]
    ran = {result["unique_id"] for result in results if result["unique_id"].startswith(("model.", "test."))}

    @cache
    def ancestors(name: str) -> frozenset[str]:
        parents = nodes.get(name, {}).get("depends_on", {}).get("nodes", [])
        return frozenset(parents).union(*map(ancestors, parents))

    def needs(name: str) -> frozenset[str]:
        before = ancestors(name) & ran
        if name.startswith("test."):
            return before
        # dbt builds on a model only once its tests have passed.
        return before | {test for test in ran if test.startswith("test.") and ancestors(test) <= ancestors(name)}

    return Replay({name: _statement(nodes[name]) for name in ran}, {name: needs(name) for name in ran})


def _statement(node: Mapping[str, Any]) -> str:
    compiled = node["compiled_code"]
    if node["resource_type"] == "test":
        return f"select count(*) from ({compiled})"  # noqa: S608 - dbt's own statement
    properties = ", ".join(f"{name} = {value}" for name, value in (node["config"].get("properties") or {}).items())
    options = f"with ({properties})" if properties else ""
    return f"create or replace table {node['relation_name']} {options} as {compiled}"
