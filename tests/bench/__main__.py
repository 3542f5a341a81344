"""`python -m tests.bench [NAME…]`: measure, print a table, write bench.json; exit code 1 if a target is missed."""

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table

from services.contracts.errors import LakehouseError
from services.contracts.settings import state_dir
from stack.progress import Reporter
from tests.bench import gateway, inference, ingestion, normalizer, orchestrator, own_platform
from tests.bench.dbt import build as dbt
from tests.bench.result import Result

BENCHMARKS: Final[Mapping[str, Callable[[], Result]]] = {
    "gateway_acks_all": gateway.acks_all,
    "gateway_stubbed": gateway.stubbed,
    "normalizer": normalizer.throughput,
    "orchestrator": orchestrator.throughput,
    "inference_p50": inference.p50,
    "inference_bulk": inference.bulk,
    "ingestion": ingestion.against_floor,
    "ingestion_growth": ingestion.growth,
    "dbt_build": dbt.against_its_sql,
    "dbt_growth": dbt.growth,
}


def measure(names: list[str], reporter: Reporter) -> dict[str, Result]:
    """Run these benchmarks, one after the other, on a platform of their own."""
    results = {}
    with own_platform.fresh(reporter):
        for name in names:
            reporter.say(f"── {name}: {(BENCHMARKS[name].__doc__ or '').splitlines()[0]}")
            started = time.monotonic()
            results[name] = result = BENCHMARKS[name]()
            for ours, reference in result.runs:
                reporter.say(f"   {ours:,.2f} against {reference:,.2f} {result.unit}: {ours / reference:.2f}")
            peaks = ", ".join(f"{process} {mib} MiB" for process, mib in result.peak_rss_mib.items())
            verdict = f"ratio {result.ratio:.2f}, wanted {result.target}; peak memory: {peaks or 'not measured'}"
            verdict += "".join(f"; {what} {value:.1f}" for what, value in result.beside.items())
            reporter.say(f"{'✓' if result.met else '✗'} {verdict} ({time.monotonic() - started:.0f} s)")
    return results


def table(results: Mapping[str, Result]) -> Table:
    """Return the results for reading."""
    shown = Table("benchmark", "ours", "reference", "unit", "ratio", "wanted", "met", box=None)
    for name, one in results.items():
        figures = (f"{one.ours:,.2f}", f"{one.reference:,.2f}", one.unit, f"{one.ratio:.2f}", str(one.target))
        shown.add_row(name, *figures, "✓" if one.met else "✗")
    return shown


def main(wanted: list[str]) -> int:
    """Return the exit code."""
    unknown = sorted(set(wanted) - set(BENCHMARKS))
    if unknown:
        raise LakehouseError(f"There is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}.")
    report = state_dir() / "reports" / "bench.json"
    results = measure(wanted or list(BENCHMARKS), Reporter())
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps({name: one.as_json() for name, one in results.items()}, indent=2), encoding="utf-8")
    Console(soft_wrap=True).print(table(results))
    return 0 if all(result.met for result in results.values()) else 1


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)  # what clients say of servers that are starting is expected
    try:
        sys.exit(main(sys.argv[1:]))
    except LakehouseError as error:
        sys.exit(f"✗ {error}")
    except KeyboardInterrupt:
        sys.exit(130)
