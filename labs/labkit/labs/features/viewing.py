"""Exercise 4: the learner's own feature view, in a real Feast registry, and from there in an online store."""

import math
from datetime import timedelta
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.features import town
from labkit.servers.unwarned import quietly
from labkit.spec import Passed

with quietly():
    from feast import FeatureStore, FeatureView
    from feast.types import Int32, Int64, String

NAME: Final = "guest"
KEY: Final = "customer_id"
TTL: Final = timedelta(days=30)
TYPES: Final = {"customer_payments_7d": Int32, "customer_spent_usd_cents_30d": Int64, "customer_tier": String}
GUESTS: Final = 60
UNTIL: Final = town.ENDS - timedelta(days=5)


def check(attempt: Attempt) -> Passed:
    """Read the view, apply it, ask it about the past, bring it online and ask there."""
    view = attempt(town.guest(), town.source())
    if mistake := _of_view(view):
        raise WrongAnswerError(mistake)
    with town.own_store() as store:
        store.apply([town.guest(), view])
        expected = _newest()
        asked = list(expected)
        if mistake := _of_the_past(store):
            raise WrongAnswerError(mistake)
        store.materialize(UNTIL - TTL, UNTIL)
        names = [f"{NAME}:{name}" for name in TYPES]
        online = store.get_online_features(features=names, entity_rows=[{KEY: one} for one in asked]).to_dict()
        found = {one: [online[name][place] for name in TYPES] for place, one in enumerate(online[KEY])}
        registered = [one.name for one in store.list_feature_views()]
    if wrong := [one for one in asked if found[one] != expected[one]]:
        raise WrongAnswerError(f"online, {len(wrong)} of {len(asked)} guests have other features than in the table")
    return Passed(
        "the registry knows your view, and the online store answers with the newest row of each guest",
        {
            "registered": ", ".join(registered),
            "asked online": f"{len(asked)} guests, at their features of {UNTIL:%d %B}",
            "a row of 31 days ago": "counts as none in a training set",
        },
    )


def _of_view(view: object) -> str | None:  # noqa: PLR0911 - one thing to say at a time
    if not isinstance(view, FeatureView):
        return f"`guest_view` returned a {type(view).__name__}; asked for was a FeatureView"
    if view.name != NAME:
        return f"the view is called `{view.name}`; whoever asks for `{NAME}:customer_tier` finds nothing"
    if list(view.entities) != [town.guest().name]:
        return "the view has no entity: features of whom? `entities=[guest]`"
    if view.batch_source is None:
        return "the view has no source: Feast would not know where the rows are"
    kept = {field.name: field.dtype for field in view.features}
    types: dict[str, Any] = {KEY: String, **TYPES}
    kept |= {column.name: column.dtype for column in view.entity_columns}
    if KEY not in kept:
        return f"the schema lacks the key: Feast wants to know the type of `{KEY}`, too"
    if missing := [name for name in TYPES if name not in kept]:
        return f"the schema lacks {', '.join(missing)}"
    if surplus := [name for name in kept if name not in types]:
        return f"the schema has {', '.join(surplus)}, which nobody asked for: each feature is one more to keep right"
    if odd := [name for name, dtype in kept.items() if dtype != types[name]]:
        return f"`{odd[0]}` is a {kept[odd[0]]}, and in the table it is a {types[odd[0]]}"
    return _of_time(view.ttl, online=view.online)


def _of_time(ttl: timedelta | None, *, online: bool) -> str | None:
    if not ttl:
        return "the view has no TTL: a row of last year would count as today's, for ever"
    if ttl != TTL:
        return f"the view's TTL is {ttl.days} days and {ttl.seconds} seconds; agreed on were 30 days"
    if not online:
        return "the view is not for the online store, and payments are judged there: `online=True`"
    return None


def _of_the_past(store: FeatureStore) -> str | None:
    """Ask about guests a day, and 31 days, after their last row."""
    last = town.rows().groupby(KEY, as_index=False)["event_timestamp"].max().head(20)
    ages = []
    for days in (1, 31):
        asked = last.assign(event_timestamp=last["event_timestamp"] + timedelta(days=days))
        found = store.get_historical_features(entity_df=asked, features=[f"{NAME}:customer_tier"]).to_df()
        ages.append(found["customer_tier"].notna().sum())
    if ages != [len(last), 0]:
        return f"of {len(last)} guests, {ages[0]} have features a day after their last row, and {ages[1]} after 31 days"
    return None


def _newest() -> dict[str, list[Any]]:
    """Return some guests with their features in the table's newest row at `UNTIL`."""
    rows = town.rows()
    within = rows[(rows["event_timestamp"] <= UNTIL) & (rows["event_timestamp"] > UNTIL - TTL)]
    newest = within.groupby(KEY).tail(1).head(GUESTS)
    return {
        row[KEY]: [None if _is_missing(row[name]) else row[name] for name in TYPES]
        for row in newest.to_dict(orient="records")
    }


def _is_missing(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
