# ruff: noqa: INP001 - Jupyter runs this file, nobody imports it
"""JupyterLab as a workplace: the start page, and the platform's user interfaces in the launcher."""

from typing import Any

from stack.context import Context
from stack.workplace import proxied

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 - Jupyter puts it there
c.ServerApp.jpserver_extensions = {"labkit.workplace": True}
c.ServerProxy.servers = dict(proxied(Context.load()))
# The start page, in a tab of JupyterLab's, opens notebooks through it.
c.LabApp.expose_app_in_browser = True
