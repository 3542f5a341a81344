"""The dbt project's own rules, read from its files: no dbt and no server needed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.contracts.settings import REPOSITORY

PROJECT = REPOSITORY / "dbt"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
MARTS = [model for model in MODELS if "marts" in model.parts]

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.stem)
each_mart = pytest.mark.parametrize("model", MARTS, ids=lambda model: model.stem)


def described(model: Path) -> dict[str, Any]:
    """The model's entry in the YAML file beside it."""
    (entry,) = yaml.safe_load(model.with_suffix(".yml").read_text())["models"]
    return dict(entry)


def rules_of(column: dict[str, Any]) -> set[str]:
    return {test if isinstance(test, str) else next(iter(test)) for test in column.get("data_tests", [])}


@each_model
def test_a_model_is_described_beside_it_and_opens_with_its_grain(model: Path) -> None:
    assert described(model)["name"] == model.stem
    assert described(model)["description"].startswith("One row per ")


@each_mart
def test_a_mart_has_a_key_that_is_unique_and_not_null(model: Path) -> None:
    assert any(rules_of(column) >= {"unique", "not_null"} for column in described(model)["columns"])


@each_model
def test_a_column_that_is_described_is_selected(model: Path) -> None:
    sql = model.read_text()
    for column in described(model).get("columns", []):
        assert re.search(rf"\b{column['name']}\b", sql), column["name"]


def test_dbt_sends_nothing_home() -> None:
    assert yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["flags"]["send_anonymous_usage_stats"] is False


def test_packages_come_from_this_repository_so_that_no_hub_is_needed() -> None:
    assert yaml.safe_load((PROJECT / "packages.yml").read_text())["packages"] == [{"local": "packages/dbt_utils"}]


def test_dbt_reads_the_platforms_addresses_from_a_link_that_stays_in_the_repository() -> None:
    assert (PROJECT / ".env").readlink() == Path("../.lakehouse/platform.env")


def test_each_variable_of_the_profile_is_one_that_the_platform_writes_or_has_a_default() -> None:
    profile = (PROJECT / "profiles.yml").read_text()
    assert re.findall(r"env_var\('(\w+)'\)", profile) == []
    assert {"TRINO_HOST", "TRINO_PORT"} <= set(re.findall(r"env_var\('(\w+)'", profile))


def test_the_facts_hold_every_column_that_staging_gives_them_and_compare_only_such() -> None:
    facts = (PROJECT / "models/marts/payments/fct_payments.sql").read_text()
    compared = re.findall(r"'(\w+)'", facts.partition("compared_columns = [")[2].partition("]")[0])
    selected = re.findall(r"changed\.(\w+),\n", facts)
    staged = (PROJECT / "models/staging/payments/stg_payment_events.sql").read_text().partition("renamed as (")[2]
    given = re.findall(r"^ {8}(?=\S)(?:.* as |newest\.)(\w+),?$", staged, re.MULTILINE)
    assert sorted(selected) == sorted(given)
    assert set(compared) < set(given)


def test_every_macro_is_described_with_its_arguments() -> None:
    described_macros = yaml.safe_load((PROJECT / "macros/macros.yml").read_text())["macros"]
    arguments = {
        each["name"]: ", ".join(argument["name"] for argument in each["arguments"]) for each in described_macros
    }
    signatures = [re.search(r"macro (\w+)\((.*?)\)", path.read_text()) for path in (PROJECT / "macros").glob("*.sql")]
    assert {found[1]: found[2] for found in signatures if found} == arguments


def test_every_branchy_model_has_a_unit_test() -> None:
    tested = {
        test["model"]
        for model in MODELS
        for test in yaml.safe_load(model.with_suffix(".yml").read_text()).get("unit_tests", [])
    }
    branchy = {
        model.stem
        for model in MODELS
        if re.search(r"\bcase\b|is distinct from|is_incremental|customer_tier", model.read_text())
    }
    assert branchy - tested == {"dim_merchant"}  # the same versions as dim_customer's, compared row for row elsewhere


@pytest.mark.parametrize(
    "model", [model for model in MODELS if "intermediate" in model.parts], ids=lambda model: model.stem
)
def test_an_intermediate_model_is_stored_nowhere(model: Path) -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert project["models"]["lakehouse_analytics"]["intermediate"] == {"+materialized": "ephemeral"}
    assert "materialized" not in model.read_text()
