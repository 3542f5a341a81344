"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

PAYMENTS_7D: Final = (
    "Two questions for each event: did we know of it at `at`? Is it young enough? Which of its times answers which?",
    (
        "Known: `available_at <= at`. Young enough: it happened less than seven days before `at`. And it has to be of "
        "kind `payment`."
    ),
    (
        "`sum(one['kind'] == 'payment' and one['available_at'] <= at and one['occurred_at'] > at - timedelta(days=7) "
        "for one in events)`."
    ),
)
AS_OF: Final = (
    "For one payment: which rows are of its guest? Which of these are not of the future? And which of these is wanted?",
    (
        "`pandas.merge_asof` finds the nearest earlier row in two frames that are sorted by time. `by` keeps guests "
        "apart, `tolerance` is the oldest that counts; payments without a row stay, with NaN."
    ),
    (
        "`pd.merge_asof(payments.sort_values(t), rows.sort_values(t), on=t, by='customer_id', tolerance=ttl)` with "
        "`t = 'event_timestamp'`."
    ),
)
SEES_THE_FUTURE: Final = (
    (
        "You may not read the feature's code. But you may lie to it: what could you leave out of `events` that an "
        "honest feature cannot miss?"
    ),
    (
        "For each moment: call it with all events, and with those that were available by then. An honest feature gives "
        "the same. One difference is a conviction. Mind that NaN is not equal to NaN."
    ),
    (
        "`known = [one for one in events if one['available_at'] <= at]`; `a, b = feature(events, at), feature(known, "
        "at)`; differs: `a != b and not (math.isnan(a) and math.isnan(b))`. `return any(…)` over the moments."
    ),
)
GUEST_VIEW: Final = (
    (
        "What must somebody know who asks for your features: whose they are, of what type, where they are, how long a "
        "row holds. Which argument of `FeatureView` says which?"
    ),
    (
        "`entities=[guest]`, `schema=[Field(name=…, dtype=…), …]`, `source=source`, `ttl=timedelta(…)`, `online=True`. "
        "The schema names the key `customer_id` as well, a `String`."
    ),
    (
        "`FeatureView(name='guest', entities=[guest], ttl=timedelta(days=30), online=True, source=source, "
        "schema=[Field(name='customer_id', dtype=String), Field(name='customer_payments_7d', dtype=Int32), …])`."
    ),
)
AMOUNT_ABOVE_USUAL: Final = (
    "The same function sees ten thousand payments in a training run and one at the counter. Which numbers may it use?",
    (
        "Only those of the payment's own row: the logarithm of `amount_usd_cents`, at least 1, less "
        "`customer_log_usd_mean_90d`. NaN goes through a subtraction as NaN; let it."
    ),
    (
        "`np.log(np.maximum(payments['amount_usd_cents'].to_numpy(dtype=float), 1)) - "
        "payments['customer_log_usd_mean_90d'].to_numpy(dtype=float, na_value=np.nan)`."
    ),
)
