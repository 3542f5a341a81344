import subprocess
import sys
from pathlib import Path

from labkit import notebooks
from labkit.memory import PeakMemory
from labkit.run import Checks, run_notebook

REPORTS_A_PASS = """
import json, os, pathlib
outcome = {"checks": {"double": "passed"}, "messages": {}}
pathlib.Path(os.environ["LABKIT_RESULTS"]).write_text(json.dumps(outcome))
print(os.environ["LABKIT_PROGRESS"])
"""


def notebook(folder: Path, *cells: str) -> Path:
    path = folder / "00_made_up.ipynb"
    notebooks.write(notebooks.new([notebooks.code(cell, f"c{i}") for i, cell in enumerate(cells)]), path)
    return path


def test_a_notebook_that_runs_to_its_end_is_judged_by_its_checks_and_its_copy_is_kept(tmp_path: Path) -> None:
    result = run_notebook(notebook(tmp_path, REPORTS_A_PASS), "solutions", tmp_path / "reports")

    assert (result.lab, result.status, result.checks) == ("00_made_up", "passed", Checks(passed=1))
    assert result.seconds > 0
    assert result.peak_rss_mib > 20
    [cell] = notebooks.read(tmp_path / "reports" / "solutions" / "00_made_up.ipynb").cells
    assert "progress.json" in cell.outputs[0].text


def test_a_cell_that_breaks_fails_the_lab_and_says_which_error(tmp_path: Path) -> None:
    result = run_notebook(notebook(tmp_path, REPORTS_A_PASS, "1 / 0"), "solutions", tmp_path / "reports")

    assert result.status == "failed"
    assert "ZeroDivisionError" in result.reason
    assert "\x1b" not in result.reason


def test_peak_memory_counts_what_was_started_meanwhile() -> None:
    with PeakMemory() as memory:
        subprocess.run([sys.executable, "-c", "x = bytearray(64 << 20); import time; time.sleep(1)"], check=True)

    assert memory.peak_mib > 64
