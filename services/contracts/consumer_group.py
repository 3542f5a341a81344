"""Does a consumer group work? `python -m services.contracts.consumer_group NAME` answers with its exit code."""

import asyncio
import sys

from aiokafka.admin import AIOKafkaAdminClient

from services.contracts.settings import Kafka

TIMEOUT_MS = 3000


async def consuming(bootstrap_servers: str, group_id: str) -> bool:
    """Tell whether the group has members, and each of them its partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=TIMEOUT_MS)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([group_id])
    finally:
        await admin.close()
    (group,) = answer.groups
    state, members = group[2], group[5]
    return bool(state == "Stable" and members)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(consuming(Kafka().bootstrap_servers, sys.argv[1])) else 1)
