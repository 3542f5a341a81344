"""Settings of the inference service; the prefix is `INFERENCE_`."""

from urllib.parse import urlsplit

from pydantic_settings import SettingsConfigDict

from services.contracts.settings import Settings

HTTP_PORT = 80


class InferenceSettings(Settings):
    """Where the service is found. It listens on the port of that URL."""

    model_config = SettingsConfigDict(env_prefix="INFERENCE_")
    url: str = "http://127.0.0.1:8001"
    bind_host: str = "127.0.0.1"

    @property
    def port(self) -> int:
        """The TCP port to listen on."""
        return urlsplit(self.url).port or HTTP_PORT
