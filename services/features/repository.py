"""The Feast repository: entities, feature views, and the on-demand view of the payment itself."""

from datetime import timedelta
from typing import Final

import pandas as pd
from feast import Entity, FeatureView, Field, RequestSource, ValueType
from feast.data_source import DataSource
from feast.infra.data_sources.contrib.iceberg_catalog.iceberg_source import IcebergSource
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.types import FeastType, Float32, Float64, Int32, Int64, String

from services.features.columns import CUSTOMER_FEATURES, MERCHANT_FEATURES, REQUEST, TRANSACTION_FEATURES, Type
from services.features.tables import CUSTOMERS, MERCHANTS
from services.features.transaction import transaction_features

TTL: Final = timedelta(days=90)
"""The longest window: an older row says nothing about any of them."""

TYPES: Final[dict[Type, FeastType]] = {
    "Int32": Int32,
    "Int64": Int64,
    "Float32": Float32,
    "Float64": Float64,
    "String": String,
}
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
    request = RequestSource(
        name="payment", schema=[Field(name=name, dtype=TYPES[kind]) for name, kind in REQUEST.items()]
    )
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


def _view(name: str, entity: Entity, features: dict[str, Type], source: DataSource) -> FeatureView:
    key = Field(name=entity.join_key, dtype=String)
    fields = [Field(name=feature, dtype=TYPES[kind]) for feature, kind in features.items()]
    return FeatureView(name=name, entities=[entity], ttl=TTL, schema=[key, *fields], source=source, online=True)
