"""Settings of the orchestrator; the prefix is `ORCHESTRATOR_`."""

from pydantic import Field, PositiveFloat, PositiveInt
from pydantic_settings import SettingsConfigDict

from services.contracts import topics
from services.contracts.settings import Kafka, Postgres, Settings, Temporal
from services.inference.settings import InferenceSettings


class OrchestratorSettings(Settings):
    """Environment variables `ORCHESTRATOR_*`, beside the addresses of the servers that it talks to.

    Attributes:
        events_topic: unified events; each starts a workflow.
        events_group: the consumer group whose committed offsets say which workflows were started.
        dead_letters_topic: what the normalizer refused; drained into the quarantine.
        dead_letters_group: the consumer group of the drain.
        batch_max_records: records between two commits, so also what a crash repeats at most.
        max_concurrent_starts: requests to start a workflow that wait for Temporal's answer at the same time.
        max_concurrent_activities: activities that run in this process at the same time.
        database_pool_size: connections to PostgreSQL.
        inference_timeout_s: how long inference may take for one answer.
        shutdown_timeout_s: how long work in hand may take after SIGTERM.
    """

    model_config = SettingsConfigDict(env_prefix="ORCHESTRATOR_")
    kafka: Kafka = Field(default_factory=Kafka)
    temporal: Temporal = Field(default_factory=Temporal)
    postgres: Postgres = Field(default_factory=Postgres)
    inference: InferenceSettings = Field(default_factory=InferenceSettings)
    events_topic: str = topics.NORMALIZED
    events_group: str = "orchestrator"
    dead_letters_topic: str = topics.VALIDATION_DLQ
    dead_letters_group: str = "orchestrator-dead-letters"
    batch_max_records: PositiveInt = 200
    max_concurrent_starts: PositiveInt = 16
    max_concurrent_activities: PositiveInt = 32
    database_pool_size: PositiveInt = 8
    inference_timeout_s: PositiveFloat = 1.5
    shutdown_timeout_s: PositiveFloat = 5.0
