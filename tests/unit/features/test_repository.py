"""The Feast repository says what the tables hold, and the tiers are dbt's."""

import re

import pyarrow as pa
import pytest

from services.contracts.settings import REPOSITORY
from services.features.computing import compute
from services.features.tiers import TIERS
from tests.unit.features.small_facts import simulated, table

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Feast's own imports


def test_each_view_has_its_tables_columns_in_their_types() -> None:
    from services.features import repository  # noqa: PLC0415 - it warns while it is imported, see pytestmark

    arrow = {"Int32": pa.int32(), "Int64": pa.int64(), "Float32": pa.float32(), "String": pa.string()}
    rows = compute(table(simulated(1_000)))
    for features, key, made in (
        (repository.CUSTOMER_FEATURES, "customer_id", rows.customers),
        (repository.MERCHANT_FEATURES, "merchant_id", rows.merchants),
    ):
        declared = {name: arrow[str(dtype)] for name, dtype in features.items()}
        held = {field.name: field.type for field in made.schema}
        assert held == declared | {key: pa.string(), "event_timestamp": pa.timestamp("us", tz="UTC")}


def test_tiers_begin_where_dbts_macro_lets_them_begin() -> None:
    macro = (REPOSITORY / "dbt/macros/customer_tier.sql").read_text()

    assert [(name, int(least)) for least, name in re.findall(r">= (\d+) then '(\w+)'", macro)] == list(TIERS)
