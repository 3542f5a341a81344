"""The start page over HTTP."""

from datetime import UTC, datetime

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.ioloop import IOLoop

from labkit.progress import progress_file, read
from labkit.workplace import page, state


class StartPage(JupyterHandler):
    """`GET /course`."""

    @web.authenticated
    async def get(self) -> None:
        """Answer with the page, as things are now."""
        content = await IOLoop.current().run_in_executor(None, _content, self.base_url)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


def _content(base: str) -> str:
    labs = state.labs(list(read(progress_file())))
    return page.render(labs, state.servers(base), base, datetime.now(UTC))
