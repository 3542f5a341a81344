"""What the columns are declared to be, they are; and the tiers are dbt's."""

import re

import pyarrow as pa

from services.contracts.settings import REPOSITORY
from services.features.columns import CUSTOMER_FEATURES, MERCHANT_FEATURES
from services.features.computing import compute
from services.features.tiers import TIERS
from tests.unit.features.small_facts import simulated, table


def test_each_view_has_its_tables_columns_in_their_types() -> None:
    arrow = {"Int32": pa.int32(), "Int64": pa.int64(), "Float32": pa.float32(), "String": pa.string()}
    rows = compute(table(simulated(1_000)))
    for features, key, made in (
        (CUSTOMER_FEATURES, "customer_id", rows.customers),
        (MERCHANT_FEATURES, "merchant_id", rows.merchants),
    ):
        declared = {name: arrow[dtype] for name, dtype in features.items()}
        held = {field.name: field.type for field in made.schema}
        assert held == declared | {key: pa.string(), "event_timestamp": pa.timestamp("us", tz="UTC")}


def test_tiers_begin_where_dbts_macro_lets_them_begin() -> None:
    macro = (REPOSITORY / "dbt/macros/customer_tier.sql").read_text()

    assert [(name, int(least)) for least, name in re.findall(r">= (\d+) then '(\w+)'", macro)] == list(TIERS)
