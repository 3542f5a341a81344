"""The Feast repository: entities, feature views, and the on-demand view of the payment itself."""

from datetime import timedelta
from typing import Final

import pandas as pd
from feast import Entity, FeatureView, Field, RequestSource, ValueType
from feast.data_source import DataSource
from feast.infra.data_sources.contrib.iceberg_catalog.iceberg_source import IcebergSource
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.types import FeastType, Float32, Float64, Int32, Int64, String

from services.features.customers import COUNTED
from services.features.merchants import WINDOWS_DAYS
from services.features.tables import CUSTOMERS, MERCHANTS
from services.features.transaction import transaction_features

TTL: Final = timedelta(days=90)
"""The longest window: an older row says nothing about any of them."""

REQUEST: Final[dict[str, FeastType]] = {
    "paid_merchant_id": String,
    "amount_usd_cents": Int64,
    "occurred_at_s": Int64,
    "attempt_number": Int64,
    "currency": String,
    "card_brand": String,
    "card_last_four": String,
    "card_country": String,
    "card_funding": String,
    "buyer_country": String,
    "failure_code": String,
}
"""What a request tells of the payment, beside `customer_id` and `merchant_id`. Times are seconds since 1970.

`paid_merchant_id` is `merchant_id` once more: Feast shows a view's keys to no on-demand view.
"""

CUSTOMER_FEATURES: Final[dict[str, FeastType]] = {
    **{
        f"customer_{name}_{days}d": Int64 if name == "spent_usd_cents" else Int32
        for name, windows in COUNTED.items()
        for days in windows
        if not name.startswith("log_usd")
    },
    "customer_log_usd_mean_90d": Float32,
    "customer_log_usd_above_usual_1d": Float32,
    "customer_log_usd_above_usual_90d": Float32,
    "customer_failure_rate_90d": Float32,
    "customer_payments": Int32,
    "customer_failures": Int32,
    "customer_first_seen_at_s": Int64,
    "customer_first_payment_at_s": Int64,
    "customer_last_payment_at_s": Int64,
    "customer_last_failure_at_s": Int64,
    "customer_card_bits": Int64,
    "customer_merchant_bits": Int64,
    "customer_country": String,
    "customer_tier": String,
}
MERCHANT_FEATURES: Final[dict[str, FeastType]] = {
    **{
        f"merchant_{name}_{days}d": Int32 if name == "payments" else Float32
        for days in WINDOWS_DAYS
        for name in ("payments", "failure_rate", "refund_rate", "dispute_rate", "fraud_report_rate")
    },
    "merchant_log_usd_mean": Float32,
    "merchant_log_usd_spread": Float32,
    "merchant_away_rate_90d": Float32,
    "merchant_tier": String,
}
TRANSACTION_FEATURES: Final = (
    *("amount_log_usd", "amount_above_merchants_usual", "amount_above_merchants_usual_in_spreads"),
    *("amount_above_customers_usual", "card_is_settled", "merchant_is_settled", "card_is_foreign", "buyer_is_away"),
    *("buyer_is_foreign", "card_funding_code", "card_brand_code", "currency_code", "failure_code_code"),
    *("attempt_number_now", "hours_since_last_payment", "hours_since_last_failure", "days_since_first_seen"),
    *("mean_days_between_payments", "gaps_since_last_payment", "hour_of_day", "day_of_month"),
)
CUSTOMER_VIEW: Final = "customer"
MERCHANT_VIEW: Final = "merchant"
TRANSACTION_VIEW: Final = "transaction"
FEATURES: Final = (
    *(f"{CUSTOMER_VIEW}:{name}" for name in CUSTOMER_FEATURES),
    *(f"{MERCHANT_VIEW}:{name}" for name in MERCHANT_FEATURES),
    *(f"{TRANSACTION_VIEW}:{name}" for name in TRANSACTION_FEATURES),
)
"""Every feature, as Feast is asked for it."""


def _on_demand(payments: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(transaction_features(payments), index=payments.index)


def definitions(namespace: str) -> list[Entity | FeatureView | OnDemandFeatureView]:
    """Return what `feast apply` registers, on the feature tables of this Iceberg namespace."""
    customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.STRING)
    merchant = Entity(name="merchant", join_keys=["merchant_id"], value_type=ValueType.STRING)
    customers = _view(CUSTOMER_VIEW, customer, CUSTOMER_FEATURES, _source(namespace, CUSTOMERS))
    merchants = _view(MERCHANT_VIEW, merchant, MERCHANT_FEATURES, _source(namespace, MERCHANTS))
    request = RequestSource(name="payment", schema=[Field(name=name, dtype=dtype) for name, dtype in REQUEST.items()])
    transaction = OnDemandFeatureView(
        name=TRANSACTION_VIEW,
        sources=[customers, merchants, request],
        schema=[Field(name=name, dtype=Float64) for name in TRANSACTION_FEATURES],
        udf=_on_demand,  # type: ignore[arg-type] # it is a function; Feast's annotation is narrower
        udf_string="services.features.transaction.transaction_features",
        mode="pandas",
    )
    return [customer, merchant, customers, merchants, transaction]


def _source(namespace: str, table: str) -> DataSource:
    # Where the catalog is, the offline store knows from the platform's settings: no address goes into the registry.
    return IcebergSource(
        name=table, warehouse="lakehouse", namespace=namespace, table=table, timestamp_field="event_timestamp"
    )


def _view(name: str, entity: Entity, features: dict[str, FeastType], source: DataSource) -> FeatureView:
    key = Field(name=entity.join_key, dtype=String)
    fields = [Field(name=feature, dtype=dtype) for feature, dtype in features.items()]
    return FeatureView(name=name, entities=[entity], ttl=TTL, schema=[key, *fields], source=source, online=True)
