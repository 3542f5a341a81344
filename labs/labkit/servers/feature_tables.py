"""The real features service on a simulated past, in a lab's own namespace: made once, then there."""

from typing import TYPE_CHECKING

from labkit.servers import history, lake
from services.contracts.settings import Catalog, state_dir
from services.simulator.history.generation import History

if TYPE_CHECKING:
    from services.features.bootstrap import Features


def of(namespace: str, past: History) -> "Features":
    """Return the service, wired to the namespace; facts and feature tables that are missing there are made.

    Raises:
        ServerDownError: the catalog does not answer.
    """
    from services.features.bootstrap import bootstrap  # noqa: PLC0415 - it takes a second to import
    from services.features.settings import FeaturesSettings  # noqa: PLC0415

    catalog = lake.catalog(Catalog().warehouse)
    settings = FeaturesSettings(marts_namespace=namespace, namespace=namespace, store_dir=state_dir() / namespace)
    wired = bootstrap(settings, lambda: catalog)
    if not catalog.table_exists(f"{namespace}.merchant_features"):  # the last that is made
        catalog.create_namespace_if_not_exists(namespace)
        lake.remove(catalog, f"{namespace}.fct_payments")
        facts = history.facts(past)
        catalog.create_table(f"{namespace}.fct_payments", schema=facts.schema).append(facts)
        wired.build()
    return wired
