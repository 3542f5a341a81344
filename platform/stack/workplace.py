"""What JupyterLab shows of the platform: a tile for each live user interface, through JupyterLab's own port and token.

jupyter-server-proxy serves each below its name, to whoever is logged in to JupyterLab and to nobody else. So one
forwarded port is enough where JupyterLab runs on another machine.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from services.contracts.settings import state_dir
from stack.context import Context
from stack.manifest import specs
from stack.paths import PLATFORM

START_PAGE: Final = "course"
# Pages that believe themselves at the top of their host: what in them has to name the path that they are served below.
_REWRITES: Final[Mapping[str, Sequence[tuple[bytes, bytes]]]] = {
    "trino": ((b"/ui/api/", b"%s/ui/api/"),),
    "minio": ((b'<base href="/"', b'<base href="%s/"'),),
    "temporal": ((b'"/_app/', b'"%s/_app/'), (b'base: ""', b'base: "%s"'), (b"content-security-policy", b"x-was-csp")),
}
_COOKIE_PATH: Final = re.compile(r"(;\s*path=)/", re.IGNORECASE)
_TITLE: Final = "Your course"
_TILE: Final = "course-tile"


def proxied(context: Context) -> Mapping[str, Mapping[str, Any]]:
    """Return what `c.ServerProxy.servers` takes: a tile for the start page and for each user interface."""
    tile = {
        "enabled": True,
        "title": _TITLE,
        "path_info": START_PAGE,
        "category": "Notebook",
        "icon_path": _icon("course"),
    }
    # The start page is of JupyterLab's own server: the port only says that nothing needs to be started.
    start = {"command": [], "port": 1, "new_browser_tab": False, "launcher_entry": tile}
    return {_TILE: start, **dict(_interfaces(context))}


def _interfaces(context: Context) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for spec in specs().values():
        if not spec.ui or spec.service:
            continue
        path = f"ui-{spec.name}"
        tile = {
            "enabled": True,
            "title": spec.ui["name"],
            "path_info": f"{path}{spec.ui.get('path', '/')}",
            "category": "The platform",
            "icon_path": _icon("page"),
        }
        yield (
            path,
            {
                "command": [],
                "port": context.port(spec.name, spec.ui["port"]),
                "launcher_entry": tile,
                "request_headers_override": {"Accept-Encoding": "identity"},  # or there is nothing to rewrite
                "rewrite_response": _below(path, spec.name),
            },
        )


def _icon(name: str) -> str:
    return str(PLATFORM / "jupyter" / f"{name}.svg")


def _below(path: str, name: str) -> Callable[[Any, Any], None]:
    """Return what makes the answers of a server right for being served below `path`."""

    def rewrite(response: Any, request: Any) -> None:  # noqa: ANN401 - jupyter-server-proxy publishes no types
        base = f"{request.path.partition(f'/{path}/')[0]}/{path}"
        cookies = response.headers.get_list("Set-Cookie")
        response.headers.pop("Set-Cookie", None)
        for cookie in cookies:
            response.headers.add("Set-Cookie", _COOKIE_PATH.sub(rf"\g<1>{base}/", cookie))
        here = f"{request.protocol}://{request.host}"
        location = response.headers.get("Location", "")
        if location.startswith(f"{here}/"):
            # A path alone: jupyter-server-proxy puts its own before it.
            response.headers["Location"] = location.removeprefix(here)
        # Of scripts only Trino's: their names for paths are too long to mean anything else.
        kinds = ("text/javascript", "application/javascript") if name == "trino" else ("text/html",)
        if response.headers.get("Content-Type", "").startswith(kinds):
            for theirs, ours in _REWRITES.get(name, ()):
                response.body = response.body.replace(theirs, ours.replace(b"%s", base.encode()))

    return rewrite


def layouts() -> Path:
    """Return the folder of JupyterLab's layouts; the first one shows the start page beside the folder of the labs.

    What the learner makes of it afterwards is theirs, and stays.
    """
    from jupyterlab_server.workspaces_handler import WorkspacesManager  # noqa: PLC0415 - only who opens JupyterLab waits

    folder = state_dir() / "jupyter" / "layouts"
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        # As jupyter-server-proxy's extension for JupyterLab names and restores its tabs.
        tab = {"id": f"server-proxy:{_TILE}", "url": f"/{START_PAGE}", "title": _TITLE, "newBrowserTab": False}
        widget = f"server-proxy:{tab['id']}"
        dock = {"type": "tab-area", "currentIndex": 0, "widgets": [widget]}
        left = {"collapsed": False, "visible": True, "current": "filebrowser", "widgets": ["filebrowser"]}
        data = {
            "layout-restorer:data": {"main": {"dock": dock, "current": widget}, "left": left},
            widget: {"data": tab},
            "file-browser-filebrowser:cwd": {"path": "labs"},
        }
        WorkspacesManager(str(folder)).save("default", json.dumps({"data": data, "metadata": {"id": "default"}}))
    return folder
