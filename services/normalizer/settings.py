"""The normalizer's settings."""

from pydantic import Field, PositiveFloat, PositiveInt
from pydantic_settings import SettingsConfigDict

from services.contracts import topics
from services.contracts.settings import Kafka, Settings


class NormalizerSettings(Settings):
    """Environment variables `NORMALIZER_*`; tuples are JSON lists there.

    Attributes:
        group_id: the consumer group, whose committed offsets are the progress.
        batch_max_records: records between two commits, so also what a crash repeats at most, per partition owner.
        platform_account_id: the merchant of payments that name none: the platform's own Stripe account.
        shutdown_timeout_s: how long a batch may take to finish after SIGTERM.
        sources: topics to read.
        sink: topic for unified events.
        dlq: topic for what cannot be normalised.
    """

    model_config = SettingsConfigDict(env_prefix="NORMALIZER_")
    kafka: Kafka = Field(default_factory=Kafka)
    group_id: str = "normalizer"
    batch_max_records: PositiveInt = 500
    platform_account_id: str = Field(default="acct_platform", min_length=1)
    shutdown_timeout_s: PositiveFloat = 5.0
    sources: tuple[str, ...] = topics.WEBHOOKS
    sink: str = topics.NORMALIZED
    dlq: str = topics.VALIDATION_DLQ
