"""The gateway's reference: read the body, answer 200, on the same server with the same settings."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.contracts import logs
from services.gateway.server import server
from services.gateway.settings import GatewaySettings


async def webhook(request: Request) -> PlainTextResponse:
    """Take it."""
    await request.body()
    return PlainTextResponse("ok")


if __name__ == "__main__":
    logs.configure("bare-gateway")
    server(Starlette(routes=[Route("/webhooks/stripe", webhook, methods=["POST"])]), GatewaySettings()).run()
