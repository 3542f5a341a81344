"""The gateway's settings: `GATEWAY_…`, and those of Stripe and Kafka."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.contracts.settings import Kafka, Settings, Stripe


class GatewaySettings(Settings):
    """Where the gateway is found (it listens on the port of that URL), and what it takes.

    `max_held_bytes` bounds the bodies of all requests together.
    """

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")
    url: str = "http://127.0.0.1:8000"
    bind_host: str = "127.0.0.1"
    max_body_bytes: int = Field(default=2**20, gt=0)
    max_held_bytes: int = Field(default=64 * 2**20, gt=0)
    body_timeout_s: float = Field(default=10.0, gt=0)
    tolerance_s: float = Field(default=300.0, ge=0)
    produce_timeout_s: float = Field(default=5.0, gt=0)
    max_connections: int = Field(default=512, gt=0)
    stripe: Stripe = Field(default_factory=Stripe)
    kafka: Kafka = Field(default_factory=Kafka)
