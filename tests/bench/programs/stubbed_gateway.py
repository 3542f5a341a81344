"""The real gateway, but for Kafka: a record counts as acknowledged at once."""

from services.contracts import logs
from services.gateway.bootstrap import bootstrap
from services.gateway.routing import Record
from services.gateway.server import server
from services.gateway.settings import GatewaySettings


async def publish(_: Record) -> None:
    """Keep nothing."""


if __name__ == "__main__":
    logs.configure("stubbed-gateway")
    settings = GatewaySettings()
    server(bootstrap(settings, publish=publish), settings).run()
