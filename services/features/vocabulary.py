"""Categories as numbers, for models that take nothing else. New words go last: trained models hold the numbers."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

CARD_FUNDINGS: Final = ("credit", "debit", "prepaid")
CARD_BRANDS: Final = ("visa", "mastercard", "amex", "discover", "diners", "jcb", "unionpay")
CURRENCIES: Final = ("USD", "EUR", "GBP", "JPY", "KWD")
FAILURE_CODES: Final = (
    *("insufficient_funds", "do_not_honor", "processing_error", "expired_card", "lost_card", "stolen_card"),
    *("incorrect_cvc", "card_declined", "generic_decline", "fraudulent"),
)


def codes(words: Sequence[object], vocabulary: Sequence[str]) -> NDArray[np.float64]:
    """Return each word's place in the vocabulary; NaN for another word or none."""
    places = {word: float(place) for place, word in enumerate(vocabulary)}
    return np.array([places.get(word, np.nan) if isinstance(word, str) else np.nan for word in words], dtype=np.float64)
