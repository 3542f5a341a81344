"""The catalog's properties, for either catalog."""

from pydantic import SecretStr

from services.contracts.iceberg import properties
from services.contracts.settings import Catalog, ObjectStore

STORE = ObjectStore(endpoint="http://127.0.0.1:19000", access_key="key", secret_key=SecretStr("secret"))


def test_the_reference_catalog_gets_the_stores_keys_from_the_client() -> None:
    found = properties(Catalog(uri="http://127.0.0.1:18181", credential=SecretStr("")), STORE)

    assert found["s3.access-key-id"] == "key"
    assert found["s3.secret-access-key"] == "secret"
    assert found["s3.endpoint"] == "http://127.0.0.1:19000"
    assert "credential" not in found


def test_polaris_vends_credentials_and_is_given_no_static_key() -> None:
    found = properties(Catalog(uri="http://127.0.0.1:8181/api/catalog", credential=SecretStr("id:secret")), STORE)

    assert found["oauth2-server-uri"] == "http://127.0.0.1:8181/api/catalog/v1/oauth/tokens"
    assert found["scope"] == "PRINCIPAL_ROLE:ALL"
    assert found["header.X-Iceberg-Access-Delegation"] == "vended-credentials"
    assert not {"s3.access-key-id", "s3.secret-access-key"} & set(found)
