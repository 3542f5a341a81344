"""What broke: a step is skipped because its inputs are the same, though the world is not."""

import shutil
from pathlib import Path
from typing import Final

from labkit.labs.kubeflow import payments, running
from labkit.panel import Panel, Tone
from labkit.servers.unwarned import quietly
from services.contracts.settings import state_dir

with quietly():
    from kfp import dsl

TOLD: Final = "monday", "tuesday"


@dsl.component(base_image=running.IMAGE, install_kfp_package=False)
def count(source: str) -> int:
    """Return how many payments there are."""
    import pandas as pd  # noqa: PLC0415

    return len(pd.read_parquet(source))


@dsl.component(base_image=running.IMAGE, install_kfp_package=False)
def count_of(source: str, snapshot: str) -> int:  # noqa: ARG001 - it is what tells two days apart
    """Return how many payments there are at a snapshot."""
    import pandas as pd  # noqa: PLC0415

    return len(pd.read_parquet(source))


def two_days(*, snapshot: bool) -> Panel:
    """Count the payments of a file on Monday and, after more have come, on Tuesday, with kfp's cache on.

    Args:
        snapshot: whether the step is told which snapshot it reads.
    """
    folder = state_dir() / "lab14"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source, rows = folder / "payments.parquet", [("", "rows in the file", "the step returned", "")]
    table = payments.real()
    for day, share in zip(TOLD, (0.5, 1.0), strict=True):
        there = table[: int(len(table) * share)]
        there.to_parquet(source)
        done = _run(source, folder, day if snapshot else "")
        told = next(iter(done.steps.values())).outputs["Output"] if done.steps else rows[-1][2]
        rows.append((day.title(), f"{len(there)}", f"{int(told)}", "ran" if done.steps else "from the cache"))
    shutil.rmtree(folder)
    stale = rows[-1][1] != rows[-1][2]
    title = "Told which snapshot it reads" if snapshot else "Told nothing that changes"
    return Panel(title, Tone.BAD if stale else Tone.GOOD, table=tuple(rows))


def _run(source: Path, folder: Path, snapshot: str) -> running.Run:
    def counting(source: str) -> None:
        count_of(source=source, snapshot=snapshot) if snapshot else count(source=source)

    return running.run(running.as_pipeline(counting), cache_in=folder / "cache", source=str(source))
