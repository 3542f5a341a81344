"""The report of a course run: course.json for programs, course.html for people."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

from labkit.run import LabResult

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Course report</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8886; vertical-align: top; }}
td.number, th.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
.passed {{ color: light-dark(#1b5e20, #81c784); }}
.failed {{ color: light-dark(#b71c1c, #ef9a9a); font-weight: 600; }}
.skipped {{ color: light-dark(#8a4b00, #ffb74d); }}
pre {{ white-space: pre-wrap; margin: 0; font-size: .85em; }}
</style></head><body>
<h1>Course report</h1>
<p>{summary} Catalog in use: <strong>{catalog}</strong>.</p>
<table><thead><tr><th>Lab</th><th>Notebook</th><th>Status</th>
<th class="number">Time</th><th class="number">Peak memory</th>
<th class="number">Checks passed</th><th class="number">failed</th><th class="number">not attempted</th>
<th>Reason</th></tr></thead>
<tbody>
{rows}
</tbody></table>
<p>Unsolved notebooks (<code>labs</code>) must run to their end with no exercise attempted; solved ones
(<code>solutions</code>) must pass every check. The executed notebooks lie beside this page.</p>
</body></html>
"""


def write_report(reports: Path, catalog: str, results: Sequence[LabResult]) -> None:
    """Write both files into the folder `reports`."""
    reports.mkdir(parents=True, exist_ok=True)
    content = {"catalog": catalog, "labs": [result.as_json() for result in results]}
    (reports / "course.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    rows = "\n".join(_row(result) for result in results)
    page = _PAGE.format(summary=escape(summary(results)), catalog=escape(catalog), rows=rows)
    (reports / "course.html").write_text(page, encoding="utf-8")


def summary(results: Sequence[LabResult]) -> str:
    """Return one sentence: how many passed, failed and were skipped, and the time they took."""
    counts = {status: sum(result.status == status for result in results) for status in ("passed", "failed", "skipped")}
    words = ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "nothing ran"
    return f"{len(results)} notebooks: {words}, in {sum(result.seconds for result in results):.0f} s."


def _row(result: LabResult) -> str:
    link = f"{result.source}/{result.lab}.ipynb"
    numbers = (
        f"{result.seconds:.1f} s",
        f"{result.peak_rss_mib:.0f} MiB",
        *(str(n) for n in (result.checks.passed, result.checks.failed, result.checks.not_attempted)),
    )
    cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
    return (
        f'<tr><td>{escape(result.lab)}</td><td><a href="{escape(link)}">{result.source}</a></td>'
        f'<td class="{result.status}">{result.status}</td>{cells}<td><pre>{escape(result.reason)}</pre></td></tr>'
    )
