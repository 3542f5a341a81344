from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from aiokafka.structs import ConsumerRecord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts import topics
from services.contracts.topics import Header
from stack.dead_letters.dead_letter import DeadLetter, Position
from stack.errors import StackError

MakeRecord = Callable[..., "ConsumerRecord[bytes, bytes]"]


def test_its_identity_is_where_its_record_was_first(record: MakeRecord) -> None:
    found = DeadLetter.of(record())
    assert str(found.id) == "webhooks.stripe.charge:2:41"
    assert str(found.at) == "payments.validation.dlq:0:5"
    assert (found.event_id, found.error_class, found.stage) == ("stripe:evt_1", "NormalizationError", "normalize")
    assert (found.message, found.attempts) == ("data.object.amount: is missing", 2)
    assert found.first_seen == datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", [Header.ORIGINAL_TOPIC, Header.ORIGINAL_PARTITION, Header.ORIGINAL_OFFSET])
@pytest.mark.parametrize("value", [None, b""])
def test_without_an_original_position_it_is_where_the_dead_letter_is(
    record: MakeRecord, name: str, value: bytes | None
) -> None:
    found = DeadLetter.of(record(changed={name: value}))
    assert found.id == found.at


def test_the_gateways_have_no_original_position(record: MakeRecord) -> None:
    headers = {Header.ORIGINAL_TOPIC: None, Header.ORIGINAL_PARTITION: None, Header.ORIGINAL_OFFSET: None}
    found = DeadLetter.of(record(topic=topics.WEBHOOK_DLQ, changed=headers, value=b"[]"))
    assert (str(found.id), found.event_id) == ("webhooks.stripe.dlq:0:5", None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from([*vars(Header).values(), "x"]).filter(lambda n: isinstance(n, str)), st.binary())
)
def test_whatever_it_holds_it_is_listed(record: MakeRecord, headers: dict[str, bytes]) -> None:
    found = DeadLetter.of(record(changed=dict(headers), value=None))
    assert found.event_id is None
    assert found.attempts >= 0
    assert found.error_class


@given(st.sampled_from([*topics.WEBHOOKS, "a:b"]), st.integers(0, 2**31 - 1), st.integers(0, 2**63 - 1))
def test_an_id_is_read_as_it_is_written(topic: str, partition: int, offset: int) -> None:
    position = Position(topic, partition, offset)
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", ":", "::", "a:1", "a:b:c", ":1:2", "a:-1:2", "a:1:" + "9" * 20, "evt_1"])
def test_what_is_no_id_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(StackError, match="is no dead letter's id") as caught:
        Position.parse(text)
    assert "lakehouse dlq list" in caught.value.remedy
