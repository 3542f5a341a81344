#!/bin/sh
# Creates the catalog that vends credentials, lets its administrator manage content, and creates the namespace.
# Running it again changes nothing. POLARIS_ROOT_SECRET comes from compose.yaml and is never printed.
set -eu

api=http://polaris:8181/api

token=$(curl --silent --show-error --fail "$api/catalog/v1/oauth/tokens" \
    --data grant_type=client_credentials --data scope=PRINCIPAL_ROLE:ALL \
    --data client_id=root --data-urlencode "client_secret=$POLARIS_ROOT_SECRET" |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# Sends JSON; what is already there (409) is as good as what was just created.
send() {
    status=$(curl --silent --show-error --output /dev/null --write-out '%{http_code}' --request "$1" "$api/$2" \
        --header "Authorization: Bearer $token" --header 'Content-Type: application/json' --data "$3")
    case $status in
        2?? | 409) echo "$1 $2: $status" ;;
        *) echo "$1 $2: $status, which is a refusal" >&2; exit 1 ;;
    esac
}

# No `endpoint`, which clients would be told: where MinIO is differs between containers and this machine, so each client
# keeps to its own S3_ENDPOINT. `endpointInternal` is what Polaris itself uses.
send POST management/v1/catalogs '{"catalog": {
    "name": "lakehouse",
    "type": "INTERNAL",
    "properties": {
        "default-base-location": "s3://lakehouse/warehouse",
        "polaris.config.drop-with-purge.enabled": "true"
    },
    "storageConfigInfo": {
        "storageType": "S3",
        "allowedLocations": ["s3://lakehouse/warehouse"],
        "endpointInternal": "http://minio:9000",
        "pathStyleAccess": true,
        "region": "us-east-1",
        "kmsUnavailable": true
    }
}}'
# Without this grant, creating a table with vended credentials is refused with 403.
send PUT management/v1/catalogs/lakehouse/catalog-roles/catalog_admin/grants \
    '{"grant": {"type": "catalog", "privilege": "CATALOG_MANAGE_CONTENT"}}'
send POST catalog/v1/lakehouse/namespaces '{"namespace": ["data"]}'
