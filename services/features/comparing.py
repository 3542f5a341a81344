"""Offline against online: what a training set says of a moment, and what the online store says at that moment."""

import random
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.features import store
from services.features.bootstrap import Features
from services.features.columns import CUSTOMER_FEATURES, MERCHANT_FEATURES, REQUEST, TRANSACTION_FEATURES
from services.features.computing import database
from services.features.repository import FEATURES
from services.features.requests import CHARGES

KEYS = ["customer_id", "merchant_id"]
NAMES = [*CUSTOMER_FEATURES, *MERCHANT_FEATURES, *TRANSACTION_FEATURES]


@dataclass(frozen=True)
class Comparison:
    """How many questions at how many times, how many values, how many of them no null, and which features differed."""

    questions: int
    times: int
    compared: int
    present: int
    differing: dict[str, int]


def compare(features: Features, questions: int = 1_000, times: int = 5, seed: int = 7) -> Comparison:
    """Ask both stores about random customers and merchants at random times. The online store is one of its own.

    Args:
        features: with the tables built.
        questions: how many customers and merchants, in all.
        times: at how many moments; the online store is brought to each in turn.
        seed: chooses them.
    """
    asked = _questions(features, questions, seed)
    moments = _moments(asked, times, seed)
    compared = present = 0
    differing: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        online_store = store.connect(features.settings, Path(folder))
        store.apply(online_store, features.settings)
        for number, moment in enumerate(moments):
            rows = asked.iloc[number::times]
            store.materialize(online_store, moment)
            at_moment = rows.assign(occurred_at_s=int(moment.timestamp()))
            entity_rows = at_moment[[*KEYS, *REQUEST]].astype(object).where(at_moment.notna(), None).to_dict("records")
            online = online_store.get_online_features(features=list(FEATURES), entity_rows=entity_rows).to_df()
            frame = at_moment[[*KEYS, *REQUEST]].assign(event_timestamp=moment)
            offline = online_store.get_historical_features(entity_df=frame, features=list(FEATURES)).to_df()
            for name in NAMES:
                left, right = offline[name], online[name]
                different = int((~_same(left, right)).sum())
                if different:
                    differing[name] = differing.get(name, 0) + different
                compared, present = compared + len(left), present + int(left.notna().sum())
    return Comparison(len(asked), times, compared, present, differing)


def _same(left: pd.Series, right: pd.Series) -> NDArray[np.bool_]:
    """Return where two columns agree, bit by bit; null agrees with null."""
    both_null = left.isna().to_numpy() & right.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(left):
        equal = left.to_numpy(float) == right.to_numpy(float, na_value=np.nan)
    else:
        equal = left.astype(object).to_numpy() == right.astype(object).to_numpy()
    return np.asarray(both_null | equal, dtype=np.bool_)


def _questions(features: Features, count: int, seed: int) -> pd.DataFrame:
    with database() as connection:
        connection.register("facts", features.facts().rows)
        charges = connection.sql(f"select * from ({CHARGES}) where customer_id is not null order by event_id").df()
    return charges.sample(count, replace=len(charges) < count, random_state=seed)


def _moments(asked: pd.DataFrame, times: int, seed: int) -> list[datetime]:
    """Return random times within the history, earliest first: the online store only goes forward."""
    first, last = asked["event_timestamp"].min().to_pydatetime(), asked["event_timestamp"].max().to_pydatetime()
    rng = random.Random(seed)  # noqa: S311 - a comparison is to be repeatable
    return sorted(first + timedelta(seconds=rng.random() * (last - first).total_seconds()) for _ in range(times))
