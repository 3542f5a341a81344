"""Every refusal that the gateway answers with: an HTTP status, a message and a remedy."""

from typing import ClassVar

from services.contracts.errors import LakehouseError


class GatewayError(LakehouseError):
    """A request that is not accepted. The message and the remedy are sent to the caller, so neither holds a secret."""

    status: ClassVar[int] = 500
    remedy: ClassVar[str] = "look into the gateway's log"
    headers: ClassVar[dict[str, str]] = {}


class SignatureError(GatewayError):
    """The `Stripe-Signature` header does not prove that the sender holds the secret, and holds it now."""

    status = 400
    remedy = "sign the exact bytes that are sent, with the endpoint's own secret, and send them within the tolerance"


class EventError(GatewayError):
    """The body is signed, but it is no Stripe event. It is kept in the dead-letter topic."""

    status = 400
    remedy = "send a Stripe event: UTF-8 JSON with object, id, type and data.object"


class BodyTooLargeError(GatewayError):
    """The body, or the record made of it, is larger than what the gateway or Kafka takes."""

    status = 413
    remedy = "send a smaller body"


class BodyTooSlowError(GatewayError):
    """The body did not arrive in time."""

    status = 408
    remedy = "send the whole body at once"
    headers: ClassVar[dict[str, str]] = {"connection": "close"}


class ClientGoneError(GatewayError):
    """The sender hung up in the middle of the body; nobody reads this answer."""

    status = 400
    remedy = "keep the connection open until the answer has arrived"


class NotAcknowledgedError(GatewayError):
    """Kafka did not acknowledge the record in time. It may still arrive there; sending it again is safe."""

    status = 503
    remedy = "send the event again later (Stripe does so by itself); `lakehouse status` shows whether Kafka is up"
    headers: ClassVar[dict[str, str]] = {"retry-after": "1"}


class BlankSecretError(LakehouseError):
    """The webhook secret is empty: every signature would be forgeable, so the gateway does not start."""
