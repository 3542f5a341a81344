"""Readiness: one question per kind of server, answered by the server itself."""

import asyncio
from collections.abc import Callable, Mapping

import httpx
import psycopg

from stack.context import LOCALHOST, Context
from stack.manifest import Spec

TIMEOUT_S = 3.0


def ready(spec: Spec, context: Context) -> bool:
    """Tell whether a server does its work. Never raises: a server that is starting refuses in many ways."""
    try:
        return PROBES[spec.probe["kind"]](spec, context)
    except Exception:  # noqa: BLE001 - each client has its own errors, and all of them mean: not yet
        return False


def _port(spec: Spec, context: Context) -> int:
    return context.port(spec.name, spec.probe["port"])


def _http(spec: Spec, context: Context) -> bool:
    url = context.url(spec.name, spec.probe["port"]) + spec.probe["path"]
    return httpx.get(url, timeout=TIMEOUT_S).status_code == httpx.codes.OK


def _catalog(spec: Spec, context: Context) -> bool:
    if context.choices.catalog == "polaris":
        answer = httpx.get(context.url(spec.name, "management") + "/q/health/ready", timeout=TIMEOUT_S)
    else:
        answer = httpx.get(context.url(spec.name, "api") + "/v1/config", timeout=TIMEOUT_S)
    return answer.status_code == httpx.codes.OK


def _postgres(spec: Spec, context: Context) -> bool:
    address = f"host={LOCALHOST} port={_port(spec, context)} dbname=postgres connect_timeout=2"
    with psycopg.connect(f"{address} user=payments password=payments"):
        return True


def _trino(spec: Spec, context: Context) -> bool:
    # Not /v1/info: that is positive before there is a worker to run a query.
    url = context.url(spec.name, spec.probe["port"])
    with httpx.Client(timeout=TIMEOUT_S) as client:
        answer = client.post(f"{url}/v1/statement", content="SELECT 1", headers={"X-Trino-User": "probe"}).json()
        while "nextUri" in answer:
            answer = client.get(answer["nextUri"]).json()
    return bool(answer["stats"]["state"] == "FINISHED")


def _temporal(spec: Spec, context: Context) -> bool:
    from temporalio.client import Client  # noqa: PLC0415 - takes half a second to import

    async def describe() -> bool:
        client = await asyncio.wait_for(Client.connect(f"{LOCALHOST}:{_port(spec, context)}"), TIMEOUT_S)
        return await client.service_client.check_health()

    return asyncio.run(describe())


def _kafka(spec: Spec, context: Context) -> bool:
    from aiokafka.admin import AIOKafkaAdminClient  # noqa: PLC0415 - only where it is used

    async def list_topics() -> bool:
        admin = AIOKafkaAdminClient(bootstrap_servers=f"{LOCALHOST}:{_port(spec, context)}", request_timeout_ms=3000)
        await admin.start()
        try:
            await admin.list_topics()
        finally:
            await admin.close()
        return True

    return asyncio.run(list_topics())


def _consumer_group(spec: Spec, context: Context) -> bool:
    from services.contracts.consumer_group import consuming  # noqa: PLC0415 - only where it is used

    return asyncio.run(consuming(f"{LOCALHOST}:{context.port('kafka', 'broker')}", spec.probe["group"]))


PROBES: Mapping[str, Callable[[Spec, Context], bool]] = {
    "http": _http,
    "catalog": _catalog,
    "postgres": _postgres,
    "trino": _trino,
    "temporal": _temporal,
    "kafka": _kafka,
    "consumer_group": _consumer_group,
}
