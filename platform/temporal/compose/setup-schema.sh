#!/bin/sh
# Brings both of Temporal's databases to this version's schema. Running it again changes nothing.
# SQL_PASSWORD comes from compose.yaml.
set -eu

for database in temporal temporal_visibility; do
    case $database in
        temporal) schema=temporal ;;
        temporal_visibility) schema=visibility ;;
    esac
    tool="temporal-sql-tool --plugin postgres12 --endpoint payments-db --port 5432 --user payments --database $database"
    $tool setup-schema --version 0.0
    $tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
