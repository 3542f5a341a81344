"""Messages survive Temporal's history exactly."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import msgspec
import pytest

from services.contracts.events import UnifiedEvent
from services.orchestrator import fallback
from services.orchestrator.converter import DATA_CONVERTER
from services.orchestrator.messages import UNTRACED, Assessed, Payment, Score, Source, Violation

Event = Callable[..., UnifiedEvent]


async def test_a_payment_comes_back_as_it_was(event: Event) -> None:
    payment = Payment(event(amount=Decimal("0.1000"), amount_cents=2**63 - 1), Source("t", 1, 2))
    assert await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([payment]), [Payment]) == [payment]


async def test_a_payment_from_before_traces_still_decodes(event: Event) -> None:
    [payload] = await DATA_CONVERTER.encode([{"event": event(), "source": Source("t", 1, 2)}])
    [payment] = await DATA_CONVERTER.decode([payload], [Payment])
    assert payment == Payment(event(), Source("t", 1, 2), UNTRACED)
    assert payment.log_keys() == {"event_id": "stripe:evt_1", "trace_id": "0" * 32}


async def test_an_assessment_and_a_list_come_back_as_they_were(event: Event, now: datetime) -> None:
    values = [
        Assessed(Payment(event(), Source("t", 1, 2)), fallback.SCORE, fallback.SCORE, None, now),
        [Violation("a", "b")],
        "stored",
        None,
    ]
    hints: list[type] = [Assessed, list[Violation], str, type(None)]
    assert await DATA_CONVERTER.decode(await DATA_CONVERTER.encode(values), hints) == values


async def test_the_history_holds_plain_json_with_the_amount_as_text(event: Event) -> None:
    [payload] = await DATA_CONVERTER.encode([event()])
    assert payload.metadata["encoding"] == b"json/plain"
    assert json.loads(payload.data)["amount"] == "15.00"


async def test_a_result_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([{"score": "high"}]), [Score])
