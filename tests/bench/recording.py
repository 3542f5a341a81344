"""What a benchmark found, into `reports/bench.json` of the state: one entry per name, the newest wins."""

import json
import statistics
from collections.abc import Sequence

from services.contracts.settings import state_dir


def record(name: str, ours: Sequence[float], reference: Sequence[float], *, unit: str, target: float) -> float:
    """Keep the medians, the runs and whether their ratio is at most `target`; return the ratio."""
    mine, theirs = statistics.median(ours), statistics.median(reference)
    ratio = mine / theirs
    path = state_dir() / "reports" / "bench.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found[name] = {
        "ours": round(mine, 3),
        "reference": round(theirs, 3),
        "ratio": round(ratio, 3),
        "unit": unit,
        "runs": [[round(mine, 3), round(theirs, 3)] for mine, theirs in zip(ours, reference, strict=True)],
        "target": target,
        "met": ratio <= target,
    }
    path.write_text(json.dumps(found, indent=2, sort_keys=True), encoding="utf-8")
    return ratio
