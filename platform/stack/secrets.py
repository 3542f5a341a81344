"""Secrets of this clone: made once, kept with mode 0600, never printed except by `lakehouse env`."""

import json
import secrets
from dataclasses import asdict, dataclass, fields

from services.contracts.settings import state_dir
from stack.paths import write_private


@dataclass(frozen=True, repr=False)
class Secrets:
    """What the local servers are protected with. PostgreSQL's password is the documented local default instead."""

    minio_user: str
    minio_password: str
    polaris_secret: str
    webhook_secret: str
    jupyter_token: str

    @classmethod
    def generate(cls) -> "Secrets":
        """Return new ones; the webhook secret has the shape that Stripe gives its own."""
        made = {name.name: secrets.token_urlsafe(24) for name in fields(cls)}
        return cls(**{**made, "minio_user": "lakehouse", "webhook_secret": f"whsec_{secrets.token_hex(24)}"})


def load_secrets() -> Secrets:
    """Return this clone's secrets, generated at the first call; one that an older version lacked is added."""
    path = state_dir() / "secrets.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    complete = Secrets(**{**asdict(Secrets.generate()), **known})
    if asdict(complete) != known:
        write_private(path, json.dumps(asdict(complete), indent=2))
    return complete
