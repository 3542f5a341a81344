"""The names of all features and their types, without Feast: what a model and a request need to know."""

from typing import Final, Literal

from services.features.customers import COUNTED
from services.features.merchants import WINDOWS_DAYS

Type = Literal["Int32", "Int64", "Float32", "Float64", "String"]

REQUEST: Final[dict[str, Type]] = {
    "paid_merchant_id": "String",
    "amount_usd_cents": "Int64",
    "occurred_at_s": "Int64",
    "attempt_number": "Int64",
    "currency": "String",
    "card_brand": "String",
    "card_last_four": "String",
    "card_country": "String",
    "card_funding": "String",
    "buyer_country": "String",
    "failure_code": "String",
}
"""What a request tells of the payment, beside `customer_id` and `merchant_id`. Times are seconds since 1970.

`paid_merchant_id` is `merchant_id` once more: Feast shows a view's keys to no on-demand view.
"""

CUSTOMER_FEATURES: Final[dict[str, Type]] = {
    **{
        f"customer_{name}_{days}d": "Int64" if name == "spent_usd_cents" else "Int32"
        for name, windows in COUNTED.items()
        for days in windows
        if not name.startswith("log_usd")
    },
    "customer_log_usd_mean_90d": "Float32",
    "customer_log_usd_above_usual_1d": "Float32",
    "customer_log_usd_above_usual_90d": "Float32",
    "customer_failure_rate_90d": "Float32",
    "customer_payments": "Int32",
    "customer_failures": "Int32",
    "customer_first_seen_at_s": "Int64",
    "customer_first_payment_at_s": "Int64",
    "customer_last_payment_at_s": "Int64",
    "customer_last_failure_at_s": "Int64",
    "customer_card_bits": "Int64",
    "customer_merchant_bits": "Int64",
    "customer_country": "String",
    "customer_tier": "String",
}
MERCHANT_FEATURES: Final[dict[str, Type]] = {
    **{
        f"merchant_{name}_{days}d": "Int32" if name == "payments" else "Float32"
        for days in WINDOWS_DAYS
        for name in ("payments", "failure_rate", "refund_rate", "dispute_rate", "fraud_report_rate")
    },
    "merchant_log_usd_mean": "Float32",
    "merchant_log_usd_spread": "Float32",
    "merchant_away_rate_90d": "Float32",
    "merchant_tier": "String",
}
TRANSACTION_FEATURES: Final = (
    *("amount_log_usd", "amount_above_merchants_usual", "amount_above_merchants_usual_in_spreads"),
    *("amount_above_customers_usual", "card_is_settled", "merchant_is_settled", "card_is_foreign", "buyer_is_away"),
    *("buyer_is_foreign", "card_funding_code", "card_brand_code", "currency_code", "failure_code_code"),
    *("attempt_number_now", "hours_since_last_payment", "hours_since_last_failure", "days_since_first_seen"),
    *("mean_days_between_payments", "gaps_since_last_payment", "hour_of_day", "day_of_month"),
)
"""All of them Float64."""
