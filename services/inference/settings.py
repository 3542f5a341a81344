"""Settings of the inference service; the prefix is `INFERENCE_`."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import PositiveFloat, PositiveInt
from pydantic_settings import SettingsConfigDict

from services.contracts.settings import Settings

HTTP_PORT = 80


@dataclass(frozen=True)
class Limits:
    """What the service takes on.

    Attributes:
        max_body_bytes: the largest body; 1000 payments are about 250 kB.
        max_waiting: how many requests one task has in hand before it answers 503.
        answer_timeout_s: how long a request waits for its answer. The orchestrator gives up after 1.5 s.
    """

    max_body_bytes: int = 2**20
    max_waiting: int = 64
    answer_timeout_s: float = 1.0


class InferenceSettings(Settings):
    """Where the service is found (it listens on the port of that URL), and its limits (see `Limits`).

    `max_connections` bounds the memory that bodies take; beyond it the server itself answers 503, in plain text.
    """

    model_config = SettingsConfigDict(env_prefix="INFERENCE_")
    url: str = "http://127.0.0.1:8001"
    bind_host: str = "127.0.0.1"
    max_connections: PositiveInt = 256
    max_body_bytes: PositiveInt = Limits.max_body_bytes
    max_waiting: PositiveInt = Limits.max_waiting
    answer_timeout_s: PositiveFloat = Limits.answer_timeout_s

    @property
    def port(self) -> int:
        """The TCP port to listen on; 0 lets the system choose."""
        port = urlsplit(self.url).port
        return HTTP_PORT if port is None else port

    @property
    def limits(self) -> Limits:
        """What the application takes on."""
        return Limits(self.max_body_bytes, self.max_waiting, self.answer_timeout_s)
