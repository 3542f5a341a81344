"""Search attributes: what a workflow is found by in Temporal's UI, such as `CustomerId = 'cus_1'`."""

from typing import Final

import stamina
import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from services.contracts.events import UnifiedEvent
from services.orchestrator.errors import SearchAttributesError
from services.orchestrator.rows import storable

CUSTOMER: Final = SearchAttributeKey.for_keyword("CustomerId")
PAYMENT: Final = SearchAttributeKey.for_keyword("PaymentId")
EVENT_TYPE: Final = SearchAttributeKey.for_keyword("EventType")
KEYS: Final = (CUSTOMER, PAYMENT, EVENT_TYPE)
KEYWORD: Final = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
LONGEST: Final = 255  # a keyword's column where Temporal keeps its visibility in PostgreSQL
USABLE_WITHIN_S: Final = 60.0  # servers of a cluster read their namespaces anew every ten seconds

log = structlog.get_logger(__name__)


def search_attributes(event: UnifiedEvent) -> TypedSearchAttributes:
    """Return the event's own: its customer, if there is one, its payment (intent, else charge) and its type."""
    found = {
        CUSTOMER: event.customer_id,
        PAYMENT: event.payment_intent_id or event.charge_id,
        EVENT_TYPE: event.event_type,
    }
    return TypedSearchAttributes(
        [SearchAttributePair(key, storable(value)[:LONGEST]) for key, value in found.items() if value]
    )


async def make_searchable(client: Client) -> None:
    """See to it that the server knows the attributes, and return when they can be used.

    Where that cannot be had (no permission, or one of the names has another type) the log says so, and payments are
    processed without.
    """
    try:
        if not await _usable(client):
            await _register(client)
            log.info("search attributes registered", names=[key.name for key in KEYS])
    except (RPCError, SearchAttributesError) as error:
        log.warning("workflows cannot be searched by payment", error=str(error))


async def _register(client: Client) -> None:
    wanted = AddSearchAttributesRequest(
        namespace=client.namespace, search_attributes={key.name: KEYWORD for key in KEYS}
    )
    await client.operator_service.add_search_attributes(wanted)  # those that are there already change nothing
    async for attempt in stamina.retry_context(on=_NotYetError, attempts=None, timeout=USABLE_WITHIN_S):
        with attempt:
            if not await _usable(client):
                raise _NotYetError(f"not usable {USABLE_WITHIN_S:g} s after they were registered")


async def _usable(client: Client) -> bool:
    """Raises `SearchAttributesError` when a name is taken by another type."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    known = (await client.operator_service.list_search_attributes(request)).custom_attributes
    for key in KEYS:
        if known.get(key.name, KEYWORD) != KEYWORD:
            raise SearchAttributesError(f"{key.name} exists, but is no keyword: remove it, or rename it")
    try:  # to be listed is not to be usable: each of a cluster's servers keeps a copy
        await client.count_workflows(" AND ".join(f"{key.name} = ''" for key in KEYS))
    except RPCError as error:
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            return False
        raise
    return True


class _NotYetError(SearchAttributesError):
    """They were registered a moment ago."""
