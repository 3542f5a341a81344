"""The start page of JupyterLab: how far you are, what is next, what runs. Served by JupyterLab, behind its token."""

from typing import Any

from labkit.workplace.handler import StartPage
from stack.workplace import START_PAGE


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "labkit.workplace"}]


def _load_jupyter_server_extension(server: Any) -> None:  # noqa: ANN401 - Jupyter publishes no types
    app = server.web_app
    app.add_handlers(".*$", [(f"{app.settings['base_url']}{START_PAGE}/?", StartPage)])
