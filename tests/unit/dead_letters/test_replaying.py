from collections.abc import Callable

import pytest
from aiokafka.structs import ConsumerRecord

from services.contracts import topics
from services.contracts.topics import Header
from stack.dead_letters.dead_letter import DeadLetter
from stack.dead_letters.replaying import obstacle, replay

MakeRecord = Callable[..., "ConsumerRecord[bytes, bytes]"]


@pytest.mark.parametrize("key", [b"pi_1", None])
def test_a_replay_is_the_original_bytes_and_key_with_its_history_but_not_its_error(
    record: MakeRecord, key: bytes | None
) -> None:
    dead = record(key=key)
    again = replay(DeadLetter.of(dead), dead)
    assert (again.topic, again.key, again.value) == (topics.CHARGE, key, dead.value)
    assert {name for name, _ in dead.headers} - {name for name, _ in again.headers} == {
        Header.ERROR_CLASS,
        Header.ERROR_MESSAGE,
        Header.STAGE,
    }
    assert set(again.headers) <= set(dead.headers)


@pytest.mark.parametrize("topic", topics.WEBHOOKS)
def test_what_came_from_a_topic_of_the_normalizers_can_be_replayed(record: MakeRecord, topic: str) -> None:
    assert obstacle(DeadLetter.of(record(changed={Header.ORIGINAL_TOPIC: topic.encode()}))) is None


@pytest.mark.parametrize(
    "topic",
    [topics.NORMALIZED, topics.UNROUTED, topics.VALIDATION_DLQ, "__consumer_offsets", "webhooks.stripe.charge2"],
)
def test_a_replay_into_any_other_topic_is_refused(record: MakeRecord, topic: str) -> None:
    reason = obstacle(DeadLetter.of(record(changed={Header.ORIGINAL_TOPIC: topic.encode()})))
    assert reason == f"{topic} is not a topic that the normalizer reads"


def test_the_gateways_never_were_events(record: MakeRecord) -> None:
    dead = record(topic=topics.WEBHOOK_DLQ)
    assert "never was an event" in str(obstacle(DeadLetter.of(dead)))


def test_without_an_original_position_there_is_nowhere_to_replay_to(record: MakeRecord) -> None:
    dead = record(changed={Header.ORIGINAL_OFFSET: None})
    assert obstacle(DeadLetter.of(dead)) == "its headers do not tell which topic it came from"
