"""Offline against online: by the real service's own comparison, and with an online store that nobody keeps up."""

from datetime import timedelta
from typing import Final

import numpy as np

from labkit.labs.features import town
from labkit.panel import Panel, Tone
from labkit.servers.unwarned import quietly

with quietly():
    from services.features.columns import CUSTOMER_FEATURES
    from services.features.comparing import compare
    from services.features.store import apply, materialize

QUESTIONS: Final = 100
GUESTS: Final = 150
NAMES: Final = [name for name, kind in CUSTOMER_FEATURES.items() if kind != "String"]
SHOWN: Final = (
    "customer_payments_7d",
    "customer_spent_usd_cents_30d",
    "customer_failures_7d",
    "customer_first_seen_at_s",
)
UNTIL: Final = town.ENDS - timedelta(days=5)


def agree() -> Panel:
    """Compare both stores as `python -m services.features compare` does, with fewer questions."""
    with quietly():
        found = compare(town.features(), QUESTIONS, times=2)
    differing = ", ".join(f"{name}: {count}" for name, count in found.differing.items())
    return Panel(
        "Offline and online agree" if not found.differing else "Offline and online differ",
        Tone.BAD if found.differing else Tone.GOOD,
        lines=(differing,) if differing else (),
        facts={
            "guests and merchants": f"{found.questions}, at {found.times} times",
            "values compared, bit by bit": str(found.compared),
            "of them present": str(found.present),
        },
    )


def behind(days: int) -> Panel:
    """Ask an online store that was brought up to date so many days ago, and compare with the truth of today."""
    guests = town.charges()["customer_id"].drop_duplicates().sample(GUESTS, random_state=11)
    names = [f"customer:{name}" for name in NAMES]
    asked = guests.to_frame().assign(event_timestamp=UNTIL).reset_index(drop=True)
    with town.own_store() as store:
        apply(store, town.features().settings)
        materialize(store, UNTIL - timedelta(days=days))
        offline = store.get_historical_features(entity_df=asked, features=names).to_df()
        online = store.get_online_features(
            features=names, entity_rows=asked[["customer_id"]].to_dict("records")
        ).to_df()
    wrong = {
        name: int((~np.isclose(offline[name].astype(float), online[name].astype(float), equal_nan=True)).sum())
        for name in SHOWN
    }
    return Panel(
        f"An online store of {days} days ago, asked today" if days else "An online store of today",
        Tone.BAD if any(wrong.values()) else Tone.GOOD,
        table=(("feature", f"wrong for, of {GUESTS} guests"), *((name, str(count)) for name, count in wrong.items())),
    )
