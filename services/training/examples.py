"""Training sets: the examples of a task, with the features as they were known when each was judged."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from services.features.bootstrap import Features
from services.features.columns import REQUEST
from services.features.computing import database
from services.features.delays import delay_features
from services.features.repository import FEATURES
from services.features.requests import CHARGES
from services.training.errors import TooLittleHistoryError
from services.training.labels import LABELS
from services.training.splits import TimeSplit, split
from services.training.tasks import TaskSpec

_KEYS = ["customer_id", "merchant_id"]


@dataclass(frozen=True)
class Part:
    """Examples of one part of the split, earliest first: `frame` has a row each, with what was known."""

    frame: pd.DataFrame
    inputs: tuple[str, ...]

    @property
    def features(self) -> pd.DataFrame:
        """The model's inputs: shape (examples, inputs), float64, NaN for unknown."""
        return self.frame.loc[:, list(self.inputs)].astype(np.float64)

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Whether the example is positive: shape (examples,)."""
        return self.frame["label"].to_numpy(dtype=np.bool_)

    @property
    def amounts_usd(self) -> NDArray[np.float64]:
        """The amounts in US dollars: shape (examples,)."""
        return self.frame["amount_usd_cents"].to_numpy(dtype=np.float64) / 100

    @property
    def customers(self) -> NDArray[np.object_]:
        """Whose they are; a guest's payment is somebody's of its own: shape (examples,)."""
        return self.frame["customer_id"].fillna(self.frame["event_id"]).to_numpy(dtype=object)


@dataclass(frozen=True)
class Examples:
    """A task's training set."""

    task: TaskSpec
    split: TimeSplit
    train: Part
    validate: Part
    test: Part


def labelled(facts: pa.Table, task: TaskSpec) -> tuple[pd.DataFrame, TimeSplit]:
    """Return the examples that belong to a part, without features, earliest first, and the split.

    Raises:
        TooLittleHistoryError: the history is too short, or a part has no positive or no negative example.
    """
    begins, ends = (extreme(facts["ingested_at"]).as_py() for extreme in (pc.min, pc.max))
    parts = split(task, begins, ends)
    with database() as connection:
        connection.register("facts", facts)
        connection.execute(f"create temp view charges as {CHARGES}")
        rows = connection.execute(
            f"""select *, case when occurred_at < $validate then 'train' when occurred_at < $validated then 'validate'
                               else 'test' end as part
                from ({LABELS[task.name](task.horizon)})
                where (occurred_at >= $train and occurred_at < $validated)
                   or (occurred_at >= $test and occurred_at < $tested)
                order by occurred_at, event_id""",
            {name: getattr(parts, name) for name in ("train", "validate", "validated", "test", "tested")},
        ).df()
    for part in ("train", "validate", "test"):
        if rows.loc[rows["part"] == part, "label"].nunique() < 2:  # noqa: PLR2004 - both kinds
            raise TooLittleHistoryError(f"{task.name}: the part to {part} lacks positive or negative examples")
    return rows, parts


def examples(features: Features, facts: pa.Table, task: TaskSpec) -> Examples:
    """Return the task's training set. Raises `TooLittleHistoryError`, `NoFeaturesError`."""
    rows, parts = labelled(facts, task)
    asked = rows[[*_KEYS, *REQUEST, "event_timestamp"]]
    found = features.store.get_historical_features(entity_df=asked, features=list(FEATURES)).to_df()
    frame = pd.concat([rows, found.drop(columns=list(asked.columns))], axis=1)
    if task.name == "retry":
        delays = delay_features(*(frame[name].to_numpy(dtype=np.float64) for name in ("occurred_at_s", "retry_in_s")))
        frame = frame.assign(**delays)
    by_part = {name: part.reset_index(drop=True) for name, part in frame.groupby("part", sort=False)}
    return Examples(task, parts, *(Part(by_part[name], task.inputs) for name in ("train", "validate", "test")))
