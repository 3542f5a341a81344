"""Whether somebody sits in front of this notebook, and buttons for those who do.

The buttons are JupyterLab's own (https://jupyterlab.readthedocs.io/en/stable/user/commands.html): an element names
a command, and a click runs it. They need no extension and no connection to the kernel. JupyterLab obeys them in outputs
of this session; elsewhere it asks first, or leaves them out.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from IPython.core.getipython import get_ipython

_STYLE = (
    "margin:8px 8px 0 0;padding:3px 12px;border:1px solid var(--jp-border-color1,#9e9e9e);border-radius:3px;"
    "cursor:pointer;background:var(--jp-layout-color2,transparent);color:var(--jp-ui-font-color1,inherit);"
    "font-family:var(--jp-ui-font-family,sans-serif);font-size:13px"
)


@dataclass(frozen=True)
class Button:
    """Puts Python into a new cell below, in the learner's sight, and runs it; without any, runs this cell again."""

    label: str
    code: str = ""
    run: bool = True

    def html(self) -> str:
        """Return the element."""
        command, arguments = "notebook:run-cell", {}
        if self.code:
            commands = ["notebook:insert-cell-below", "notebook:replace-selection"]
            commands += ["notebook:run-cell"] * self.run
            command, arguments = "apputils:run-all-enabled", {"commands": commands, "args": {"text": self.code}}
        return (
            f'<button style="{_STYLE}" data-commandlinker-command="{command}"'
            f' data-commandlinker-args="{escape(json.dumps(arguments))}">{escape(self.label)}</button>'
        )


def row(buttons: Sequence[Button]) -> str:
    """Return the buttons side by side; nothing where nobody could click them."""
    return f"<div>{''.join(button.html() for button in buttons)}</div>" if buttons and live() else ""


def live() -> bool:
    """Tell whether a person runs this cell: JupyterLab can be asked for input; papermill, nbconvert, nbval cannot."""
    kernel: Any = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    return bool(kernel.get_parent("shell").get("content", {}).get("allow_stdin", False))
