#!/bin/sh
# Creates the namespace `default`, which a server on PostgreSQL (unlike the development server) does not have.
# Running it again changes nothing.
set -eu

# The server's port is open a little before it answers.
probes=60
until temporal operator cluster health >/dev/null 2>&1; do
    probes=$((probes - 1))
    [ "$probes" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS does not answer" >&2; exit 1; }
    sleep 1
done

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
    temporal operator namespace create --namespace default --retention 30d
