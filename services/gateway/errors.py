"""Every refusal that the gateway answers with: an HTTP status, a message and a remedy."""

from typing import ClassVar

from services.contracts.errors import LakehouseError


class GatewayError(LakehouseError):
    """A request that is not accepted. The message and the remedy are sent to the caller, so neither holds a secret.

    `event_id` is the platform's id of the event, once it is known.
    """

    status: ClassVar[int] = 500
    remedy: ClassVar[str] = "look into the gateway's log"
    headers: ClassVar[tuple[tuple[bytes, bytes], ...]] = ()
    event_id: str | None = None


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
    headers = ((b"connection", b"close"),)


class ClientGoneError(GatewayError):
    """The sender hung up in the middle of the body; nobody reads this answer."""

    status = 400
    remedy = "keep the connection open until the answer has arrived"


class BusyError(GatewayError):
    """The bodies of other requests take all the memory that they may. Nothing of this one is kept."""

    status = 503
    remedy = "send the event again later (Stripe does so by itself)"
    headers = ((b"retry-after", b"1"),)


class NotAcknowledgedError(GatewayError):
    """Kafka did not acknowledge the record in time. It may still arrive there; sending it again is safe."""

    status = 503
    remedy = "send the event again later (Stripe does so by itself); `lakehouse status` shows whether Kafka is up"
    headers = ((b"retry-after", b"1"),)


class UnexpectedError(GatewayError):
    """A bug of ours, or of the verifier that was put in. Its traceback is in the log."""


REFUSALS: tuple[type[GatewayError], ...] = (
    SignatureError,
    EventError,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientGoneError,
    BusyError,
    NotAcknowledgedError,
    UnexpectedError,
)
"""All of them, so that what counts or lists them misses none."""


class BlankSecretError(LakehouseError):
    """The webhook secret is empty: every signature would be forgeable, so the gateway does not start."""
