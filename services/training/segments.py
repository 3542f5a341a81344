"""Named parts of the test that a model must not get worse on, whatever it does on the whole."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.features.vocabulary import CURRENCIES

NEW_DAYS: Final = 30


def _old(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return whom we have known for longer; whoever is unknown is new."""
    return (frame["days_since_first_seen"] > NEW_DAYS).to_numpy()


def _in(currency: str, frame: pd.DataFrame) -> NDArray[np.bool_]:
    return (frame["currency"] == currency).to_numpy()


SEGMENTS: Final[Mapping[str, Callable[[pd.DataFrame], NDArray[np.bool_]]]] = {
    **{currency: partial(_in, currency) for currency in CURRENCIES},
    "new customers": lambda frame: ~_old(frame),
    "old customers": _old,
}
