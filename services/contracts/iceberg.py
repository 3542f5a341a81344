"""The Iceberg catalog as pyiceberg sees it, whichever of the two catalogs the platform runs."""

from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.catalog import load_catalog

from services.contracts.settings import Catalog, ObjectStore

CATALOG_NAME = "lakehouse"


def properties(catalog: Catalog, store: ObjectStore) -> dict[str, str]:
    """Return pyiceberg's properties for this catalog; they hold secrets, so never log them.

    Polaris hands out short-lived S3 keys per table (vended credentials), so no static key is given to it. The reference
    catalog cannot, so the client brings MinIO's keys.
    """
    common = {
        "type": "rest",
        "uri": catalog.uri,
        "s3.endpoint": store.endpoint,
        "s3.region": store.region,
        "s3.path-style-access": "true",
    }
    if catalog.kind == "polaris":
        return common | {
            "credential": catalog.credential.get_secret_value(),
            "scope": "PRINCIPAL_ROLE:ALL",
            "warehouse": catalog.warehouse,
            "oauth2-server-uri": f"{catalog.uri}/v1/oauth/tokens",
            "header.X-Iceberg-Access-Delegation": "vended-credentials",
        }
    return common | {
        "s3.access-key-id": store.access_key,
        "s3.secret-access-key": store.secret_key.get_secret_value(),
    }


def load(catalog: Catalog | None = None, store: ObjectStore | None = None) -> IcebergCatalog:
    """Return the catalog at the platform's settings. Asks the server for its configuration, so it must be up."""
    return load_catalog(CATALOG_NAME, **properties(catalog or Catalog(), store or ObjectStore()))
