"""The components that the café has already. Each is the text of a function: what it needs, it imports itself."""

from typing import Any

from labkit.labs.kubeflow.running import IMAGE
from labkit.servers.unwarned import quietly

with quietly():
    from kfp import dsl
    from kfp.dsl import Dataset, Input, Model, Output

component: Any = dsl.component(base_image=IMAGE, install_kfp_package=False)


@component
def read(source: str, payments: Output[Dataset]) -> None:
    """Fetch the payments."""
    from shutil import copyfile  # noqa: PLC0415

    copyfile(source, payments.path)


@component
def cut(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    """Cut the payments in two by time: `test` begins at `test_from`."""
    import pandas as pd  # noqa: PLC0415

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    for part, chosen in ((train, ~late), (test, late)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())


@component
def learn(train: Input[Dataset], bands: int, model: Output[Model]) -> None:
    """Learn the share of fraud in each of so many bands of the amount."""
    import json  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    rows = pd.read_parquet(train.path)
    edges = np.unique(np.quantile(rows["amount_usd_cents"], np.linspace(0, 1, bands + 1)[1:-1]))
    band = np.searchsorted(edges, rows["amount_usd_cents"])
    shares = rows["fraud"].groupby(band).mean().reindex(range(len(edges) + 1), fill_value=0.0)
    Path(model.path).write_text(json.dumps({"edges": edges.tolist(), "shares": shares.tolist()}), encoding="utf-8")
    model.metadata["bands"] = bands


@component
def judge(model: Input[Model], test: Input[Dataset]) -> float:
    """Return the share of the frauds that is among the tenth of the payments with the highest scores."""
    import json  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    learnt = json.loads(Path(model.path).read_text(encoding="utf-8"))
    rows = pd.read_parquet(test.path)
    scores = np.array(learnt["shares"])[np.searchsorted(learnt["edges"], rows["amount_usd_cents"])]
    first = np.argsort(-scores, kind="stable")[: len(rows) // 10]
    return float(rows["fraud"].iloc[first].sum() / max(rows["fraud"].sum(), 1))


@component
def announce(coarse: float, fine: float) -> str:
    """Say which of two models found more."""
    return f"{'fine' if fine > coarse else 'coarse'} bands find more: {max(coarse, fine):.1%}"


@component
def clean_up() -> None:
    """Delete what the run left behind."""


@component
def measure(share: float) -> float:
    """Judge the new model; this one is told what it is to find."""
    return share


@component
def promote() -> str:
    """Make the new model the champion."""
    return "promoted"


@component
def report(share: float) -> str:
    """Tell the team that the new model is not good enough."""
    return f"{share:.0%} is not enough"
