"""Create the topics of the contract: `python -m services.contracts.kafka_topics`, once Kafka is there."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.contracts import topics
from services.contracts.settings import Kafka


async def create_topics(bootstrap_servers: str, copies: int) -> None:
    """Create those of the contract's topics that are not there yet, each partition on so many brokers."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        keep = {"retention.ms": "-1"}
        missing = [topic for topic in topics.ALL if topic.name not in there]
        if missing:
            await admin.create_topics(
                [NewTopic(topic.name, topic.partitions, copies, topic_configs=keep) for topic in missing]
            )
    finally:
        await admin.close()


if __name__ == "__main__":
    asyncio.run(create_topics(Kafka().bootstrap_servers, Kafka().copies))
