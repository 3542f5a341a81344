"""`/openapi.json`, from the same types that decode the requests and make the answers."""

from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.inference.messages import PaymentFeatures, Payments, Refusal, RetryPlan, RetryPlans, Score, Scores
from services.inference.questions import Question

_TYPES: Final = (PaymentFeatures, Payments, Score, Scores, RetryPlan, RetryPlans, Refusal)
_REFUSALS: Final = {
    413: "the body is too large",
    415: "the body does not say that it is JSON",
    422: "the body, or the field that is named, is not valid",
    500: "the model failed",
    503: "too much to do: ask again later",
}


def described(question: Question, *, bulk: bool) -> dict[str, Any]:
    """Return the arguments of a route's decorator: what the endpoint takes and answers."""
    body, answer = (Payments, question.answers) if bulk else (PaymentFeatures, question.answer)
    return {
        "summary": f"{question.summary} (up to 1000 payments)" if bulk else question.summary,
        "responses": {status: {"description": why, **_content(Refusal)} for status, why in _REFUSALS.items()}
        | {200: {"description": "the answer", **_content(answer)}},
        "openapi_extra": {"requestBody": {"required": True, **_content(body)}},
    }


def with_schemas(app: FastAPI) -> FastAPI:
    """Have the application's `/openapi.json` define the types that `described` refers to."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            _, types = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
            app.openapi_schema = schema | {"components": {"schemas": types}}
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way
    return app


def _content(of: type) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{of.__name__}"}}}}
