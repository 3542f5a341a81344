"""Workflows are found by customer, payment and type of event; and processed where they cannot be."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from google.protobuf.duration_pb2 import Duration
from structlog.testing import capture_logs
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, DeleteNamespaceRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from services.contracts.events import UnifiedEvent
from services.contracts.settings import Temporal
from services.orchestrator.errors import StartRefusedError
from services.orchestrator.messages import Payment, Source
from services.orchestrator.searching import make_searchable
from services.orchestrator.temporal import TemporalWorkflows, connect, workflow_id
from services.orchestrator.workflow import ProcessPayment
from tests.integration.orchestrator.harness import TIMEOUT_S, Harness, an_event

pytestmark = pytest.mark.integration


async def found(client: Client, query: str) -> list[str]:
    """Return the ids that a query finds, as soon as it finds any."""
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            ids = [each.id async for each in client.list_workflows(query)]
            if ids:
                return ids
            await asyncio.sleep(0.1)


@pytest.fixture
async def bare(live_pipeline: object) -> AsyncIterator[Client]:  # noqa: ARG001 - asked for its servers
    """A client of a namespace that knows no search attributes of ours."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    client = await connect(Temporal(namespace=name))
    day = Duration(seconds=86_400)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=day)
    )
    yield client
    await client.operator_service.delete_namespace(DeleteNamespaceRequest(namespace=name))


async def start(client: Client, event: UnifiedEvent) -> bool:
    return await TemporalWorkflows(client, ProcessPayment, "nobody").start(Payment(event, Source("t", 0, 1)))


async def test_a_workflow_is_found_by_customer_payment_and_type(orchestrator: Harness) -> None:
    customer, intent, charge = (f"{kind}_{uuid.uuid4().hex}" for kind in ("cus", "pi", "ch"))
    paid = an_event(customer_id=customer, payment_intent_id=intent, charge_id=charge)
    charged = an_event(customer_id=customer, payment_intent_id=None, charge_id=charge, event_type="charge.succeeded")
    async with orchestrator.running():
        await orchestrator.send(paid, charged)
        await orchestrator.rows("payment_events", at_least=2)

    client = await connect(orchestrator.settings.temporal)
    first, second = workflow_id(paid.event_id), workflow_id(charged.event_id)
    assert sorted(await found(client, f"CustomerId = '{customer}'")) == sorted([first, second])
    assert await found(client, f"PaymentId = '{intent}'") == [first]
    assert await found(client, f"PaymentId = '{charge}'") == [second]
    assert await found(client, f"CustomerId = '{customer}' AND EventType = 'charge.succeeded'") == [second]


async def test_values_of_any_length_are_searched_by_their_beginning(orchestrator: Harness) -> None:
    customer = f"cus_{uuid.uuid4().hex}" + "é" * 5_000
    event = an_event(customer_id=customer, event_type="a\x00b")
    client = await connect(orchestrator.settings.temporal)
    await make_searchable(client)
    with capture_logs() as logs:
        assert await start(client, event)
    await client.get_workflow_handle(workflow_id(event.event_id)).terminate("the test is over")

    assert logs == []
    assert await found(client, f"CustomerId = '{customer[:255]}'") == [workflow_id(event.event_id)]


async def test_where_the_attributes_are_unknown_events_are_started_without_them(bare: Client) -> None:
    event = an_event()
    with capture_logs() as logs:
        assert await start(bare, event)
        assert not await start(bare, event)

    assert [line["event"] for line in logs] == ["started, but not to be found by its search attributes"]
    assert await found(bare, f"WorkflowId = '{workflow_id(event.event_id)}'")


async def test_where_the_attributes_are_unknown_a_bad_event_is_still_a_bad_event(bare: Client) -> None:
    with pytest.raises(StartRefusedError, match="input"):
        await start(bare, an_event(failure_message="x" * 3_000_000))


async def test_the_attributes_are_registered_once_and_usable_at_once(bare: Client) -> None:
    event = an_event()
    with capture_logs() as logs:
        await make_searchable(bare)
        await make_searchable(bare)
        assert await start(bare, event)

    assert [line["event"] for line in logs] == ["search attributes registered"]
    assert await found(bare, f"CustomerId = '{event.customer_id}'") == [workflow_id(event.event_id)]


async def test_an_attribute_of_another_type_stops_nobody(bare: Client) -> None:
    number = {"CustomerId": IndexedValueType.INDEXED_VALUE_TYPE_INT}
    wanted = AddSearchAttributesRequest(namespace=bare.namespace, search_attributes=number)
    await bare.operator_service.add_search_attributes(wanted)
    with capture_logs() as logs:
        await make_searchable(bare)
        assert await start(bare, an_event())

    assert [line["log_level"] for line in logs] == ["warning", "warning"]
