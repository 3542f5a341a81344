"""The simulator's settings: `SIMULATOR_…`, and where the gateway is."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.contracts.settings import Settings, Stripe


class SimulatorSettings(Settings):
    """How to send. A refusal is final; an event that finds nobody is sent again for at most `retry_for_s`."""

    model_config = SettingsConfigDict(env_prefix="SIMULATOR_", populate_by_name=True)
    gateway_url: str = Field(default="http://127.0.0.1:8000", validation_alias="GATEWAY_URL")
    concurrency: int = Field(default=16, gt=0)
    request_timeout_s: float = Field(default=30.0, gt=0)
    retry_for_s: float = Field(default=60.0, ge=0)
    stripe: Stripe = Field(default_factory=Stripe)
