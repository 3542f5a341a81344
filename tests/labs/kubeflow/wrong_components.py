"""Wrong components, each with the part of the message that only it must get.

kfp takes a function's text, so these are written out, as a learner would; what they lack is the point of them.
"""

# ruff: noqa: PLC0415, ARG001 - a component imports inside, or ought to; a wrong one leaves something unused
from typing import Any

import pandas as pd
from kfp.dsl import Dataset, Input, Metrics, Output


def imports_outside(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    rows = pd.read_parquet(payments.path)
    metrics.log_metric("payments", len(rows))
    return float(rows["fraud"].mean()) if len(rows) else 0.0


def share_of(rows: Any) -> float:  # noqa: ANN401
    return float(rows["fraud"].mean()) if len(rows) else 0.0


def helper_outside(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    metrics.log_metric("payments", len(rows))
    return share_of(rows)


def the_artefact_itself(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments)
    metrics.log_metric("payments", len(rows))
    return float(rows["fraud"].mean()) if len(rows) else 0.0


def a_parameter(payments: str, metrics: Output[Metrics]) -> float:
    import pandas as pd

    return float(pd.read_parquet(payments)["fraud"].mean())


def no_return_type(payments: Input[Dataset], metrics: Output[Metrics]):  # type: ignore[no-untyped-def]  # noqa: ANN201
    import pandas as pd

    return float(pd.read_parquet(payments.path)["fraud"].mean())


def untyped(payments, metrics) -> float:  # type: ignore[no-untyped-def]  # noqa: ANN001
    import pandas as pd

    return float(pd.read_parquet(payments.path)["fraud"].mean())


def in_percent(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    metrics.log_metric("payments", len(rows))
    return 100 * float(rows["fraud"].mean()) if len(rows) else 0.0


def how_many(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    metrics.log_metric("payments", len(rows))
    return float(rows["fraud"].sum())


def logs_nothing(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    return float(rows["fraud"].mean()) if len(rows) else 0.0


def logs_the_share(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    share = float(rows["fraud"].mean()) if len(rows) else 0.0
    metrics.log_metric("share", share)
    return share


def no_mean_of_nothing(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    metrics.log_metric("payments", len(rows))
    return int(rows["fraud"].sum()) / len(rows)


def beside(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    from tempfile import mkdtemp

    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    folder = mkdtemp()
    rows[~late].to_parquet(f"{folder}/train.parquet")
    rows[late].to_parquet(f"{folder}/test.parquet")


def as_csv(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    rows[~late].to_csv(train.path)
    rows[late].to_csv(test.path)


def by_chance(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows.index.isin(rows.sample(frac=0.5, random_state=1).index)
    for part, chosen in ((train, ~late), (test, late)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())


def after_it(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] > pd.Timestamp(test_from)
    for part, chosen in ((train, ~late), (test, late)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())


def neither(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    moment = pd.Timestamp(test_from)
    for part, chosen in ((train, rows["occurred_at"] < moment), (test, rows["occurred_at"] > moment)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())


def everything_to_train(
    payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]
) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    rows.to_parquet(train.path)
    rows[late].to_parquet(test.path)


def swapped(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    for part, chosen in ((train, late), (test, ~late)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())


def says_nothing(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    rows[~late].to_parquet(train.path)
    rows[late].to_parquet(test.path)


def times_only(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    import pandas as pd

    rows = pd.read_parquet(payments.path)[["occurred_at"]]
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    for part, chosen in ((train, ~late), (test, late)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())


def returns_them(payments: Input[Dataset], test_from: str) -> Dataset:
    return payments


def mean_by_hand(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    from pyarrow import parquet

    frauds = parquet.read_table(payments.path)["fraud"].to_pylist()
    metrics.log_metric("payments", len(frauds))
    return sum(frauds) / max(len(frauds), 1)


FRAUD_SHARE: dict[str, tuple[Any, str]] = {
    "imports above": (imports_outside, "`NameError: name 'pd' is not defined"),
    "a helper above": (helper_outside, "`NameError: name 'share_of' is not defined"),
    "the artefact for its file": (the_artefact_itself, "in its own process the step failed with `TypeError"),
    "a table as a parameter": (a_parameter, "`payments: str` is a parameter"),
    "no type of what it returns": (no_return_type, "nothing after `->`"),
    "no types": (untyped, "`payments` has no type"),
    "percent": (in_percent, "These are percent"),
    "how many": (how_many, "the step returned 2.0"),
    "no metric": (logs_nothing, "in the artefact `metrics` is nothing"),
    "another metric": (logs_the_share, "in the artefact `metrics` is share = 0.25"),
    "an empty day": (no_mean_of_nothing, "ZeroDivisionError"),
}

CUT: dict[str, tuple[Any, str]] = {
    "a file of its own": (beside, "there is no file"),
    "CSV": (as_csv, "as Parquet"),
    "by chance": (by_chance, "some of `train` is later than some of `test`"),
    "the moment itself to train": (after_it, "the payment at `test_from` itself is in `train`"),
    "the moment itself nowhere": (neither, "It is the one at `test_from` itself"),
    "all of it to train": (everything_to_train, "are in both tables"),
    "the wrong way round": (swapped, "`train` is the past"),
    "no metadata": (says_nothing, "`train.metadata['rows']` is not there"),
    "times only": (times_only, "all of them were to stay"),
    "returned": (returns_them, "the component has no `test`, `train`"),
}
