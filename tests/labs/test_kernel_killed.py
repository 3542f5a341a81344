"""A kernel that is killed in the middle of a lab, and a new one that goes on where it stopped. No server is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

LAB = """
import labkit
from labkit import starting
from labkit.lab import Lab
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.spec import Exercise, LabSpec, Passed

def check(attempt):
    return Passed("right") if attempt(2) == 4 else labkit.todo()

exercises = tuple(Exercise(name, name, ("think", "think again", "times two"), check) for name in ("double", "twice"))
spec = LabSpec("00_preflight", "Made up", 30, 1024, (), exercises)
lab = Lab(spec, progress=Progress(progress_file()), results=Results([], None), names=globals())
print(starting.header(lab).text())
"""
EXERCISE = """
@lab.exercise("{name}")
def {name}(number):
    {body}
"""


class Notebook:
    """A kernel as JupyterLab would start one, and what its cells print."""

    def __init__(self) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel()
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, cell: str) -> str:
        """Run a cell to its end and return its outputs as text."""
        told: list[str] = []

        def hear(message: dict[str, dict[str, str]]) -> None:
            content = message["content"]
            told.append(content.get("text") or "\n".join(content.get("traceback", ())))

        reply = self._client.execute_interactive(cell, timeout=60, output_hook=hear)
        assert reply["content"]["status"] == "ok", "".join(told)
        return "".join(told)

    def begin(self, cell: str, until: str) -> None:
        """Start a cell and return when it has printed `until`."""
        self._client.execute(cell)
        while until not in self._client.get_iopub_msg(timeout=60)["content"].get("text", ""):
            pass

    def kill(self) -> None:
        """End the kernel by SIGKILL, as the operating system does when memory runs out."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@pytest.fixture
def notebooks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Notebook]]:
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "progress.jsonl"))
    started: list[Notebook] = []
    yield started
    for one in started:
        one.kill()


@pytest.mark.slow
def test_a_kernel_that_was_killed_in_the_middle_of_a_check_goes_on_where_it_stopped(notebooks: list[Notebook]) -> None:
    first = Notebook()
    assert "Welcome back" not in first.run(LAB)
    first.run(EXERCISE.format(name="double", body="return number * 2"))
    assert "passed" in first.run("print(lab.check('double').panel().text())")
    assert "think\n" in first.run("print(lab.hint('twice').text())")
    first.run(EXERCISE.format(name="twice", body="print('at it', flush=True); import time; time.sleep(600)"))
    first.begin("lab.check('twice')", until="at it")
    first.kill()

    second = Notebook()
    notebooks.append(second)

    assert "Welcome back: 1 of 2 exercises passed; next is `twice`." in second.run(LAB)
    assert "has not been run in this kernel" in second.run("print(lab.check('twice').panel().text())")
    assert "think again" in second.run("print(lab.hint('twice').text())")
    second.run(EXERCISE.format(name="twice", body="return number + number"))
    assert "passed" in second.run("print(lab.check('twice').panel().text())")
    assert "2 of 2 exercises passed" in second.run("print(lab.progress().text())")
