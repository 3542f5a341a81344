"""Open JupyterLab on the course's start page, on a platform that runs."""

import os
import sys

from services.contracts.settings import REPOSITORY
from stack import lifecycle, ports
from stack.context import LOCALHOST, Context
from stack.errors import StackError
from stack.manifest import servers
from stack.paths import PLATFORM
from stack.progress import Reporter
from stack.workplace import layouts

PORT = 8888


def open_lab(context: Context, reporter: Reporter, *, browser: bool) -> None:
    """Start the servers, then become JupyterLab. Raises StackError if its port is taken."""
    port = PORT + context.choices.port_offset
    if not ports.free(port):
        remedy = "Is JupyterLab open already? Use it, or stop that process, or `lakehouse lab --port-offset 10000`."
        raise StackError(f"Port {port} (JupyterLab) is taken by {ports.holder(port)}.", remedy)
    lifecycle.up(servers(), context, reporter)
    token = context.secrets.jupyter_token
    reporter.say(f"\nJupyterLab: http://{LOCALHOST}:{port}/lab?token={token}")
    reporter.say("Ctrl-C twice ends JupyterLab; the servers go on until `make down`.\n")
    options = [
        f"--ServerApp.ip={LOCALHOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={REPOSITORY}",
        f"--LabApp.workspaces_dir={layouts()}",
        f"--LabApp.app_settings_dir={PLATFORM / 'jupyter'}",
        f"--config={PLATFORM / 'jupyter' / 'jupyter_server_config.py'}",
    ]
    if os.geteuid() == 0:
        options.append("--ServerApp.allow_root=True")
    if not browser:
        options.append("--no-browser")
    # The token travels in the environment: a command line is everybody's to read.
    environment = os.environ | {"JUPYTER_TOKEN": token}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "jupyterlab", *options], environment)  # noqa: S606 - no shell wanted
