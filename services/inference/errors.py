"""Every answer that is not the one asked for: an HTTP status, a message, the field it is about, and a remedy."""

from typing import ClassVar

from services.contracts.errors import LakehouseError


class InferenceError(LakehouseError):
    """A request that gets no scores. Message, field and remedy are sent: none of them holds a value of the payload."""

    status: ClassVar[int] = 500
    remedy: ClassVar[str] = "look into inference's log"
    headers: ClassVar[dict[str, str]] = {}
    field: str | None = None


class InvalidPaymentError(InferenceError):
    """The body is not what the endpoint takes. `field` is a path such as `payments.3.amount_cents`, if there is one."""

    status = 422
    remedy = "send the fields that GET /openapi.json describes"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class ContentTypeError(InferenceError):
    """The body does not say that it is JSON."""

    status = 415
    remedy = "send the header content-type: application/json"


class BodyTooLargeError(InferenceError):
    """The body is larger than what the service takes."""

    status = 413
    remedy = "send the payments in several requests"
    headers: ClassVar[dict[str, str]] = {"connection": "close"}


class ClientGoneError(InferenceError):
    """The client hung up in the middle of the body; nobody reads this answer."""

    status = 400
    remedy = "keep the connection open until the answer has arrived"


class BusyError(InferenceError):
    """The model has more to do than it can answer in time. Asking again is safe: a question changes nothing."""

    status = 503
    remedy = "ask again later; /metrics shows how long answers take"
    headers: ClassVar[dict[str, str]] = {"retry-after": "1"}


class ModelError(InferenceError):
    """A model raised, or returned something other than one valid answer per payment: the request is not at fault."""

    remedy = "look into inference's log, or serve another version of this model"

    def __init__(self, model: str, version: str, fault: str) -> None:
        super().__init__(f"model {model} {version} {fault}")
        self.model = model
        self.version = version
