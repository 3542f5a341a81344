"""The topics of this lab's own gateways."""

from typing import Final

from aiokafka.structs import ConsumerRecord

from labkit.servers import own_gateway, own_topics
from labkit.servers.topics import Offsets

PREFIX: Final = "lab02."
NAMES: Final = tuple(PREFIX + name for name in own_gateway.TOPICS)


def here() -> Offsets:
    """Create what is missing and return where each partition ends. Raises `ServerDownError`."""
    own_topics.ensure(dict.fromkeys(NAMES, 1))
    return own_topics.ends(NAMES)


def since(offsets: Offsets) -> list[ConsumerRecord[bytes, bytes]]:
    """Return what was written since. Raises `ServerDownError`."""
    return own_topics.records(offsets)


def place(record: ConsumerRecord[bytes, bytes]) -> str:
    """Return where a record is, in words."""
    return f"{record.topic}, partition {record.partition}, offset {record.offset}"
