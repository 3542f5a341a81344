"""A box of output that reads well in JupyterLab, light or dark, and as plain text in a terminal or a report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from html import escape

from labkit import frontend
from labkit.frontend import Button


class Tone(Enum):
    """The colour of a panel's edge: JupyterLab's theme variable, and a fallback for a page without a theme."""

    GOOD = "var(--jp-success-color1, #2e7d32)"
    BAD = "var(--jp-error-color1, #c62828)"
    WARNING = "var(--jp-warn-color1, #ef6c00)"
    INFO = "var(--jp-info-color1, #0277bd)"
    QUIET = "var(--jp-border-color1, #9e9e9e)"


_BOX = (
    "border-left:4px solid {edge};background:var(--jp-layout-color1,transparent);"
    "color:var(--jp-ui-font-color1,inherit);padding:8px 14px;margin:4px 0;"
    "font-family:var(--jp-ui-font-family,sans-serif);font-size:14px;line-height:1.5"
)
_MUTED = "color:var(--jp-ui-font-color2,inherit)"
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")
_CELL = "text-align:left;padding:1px 14px 1px 0;background:none"


@dataclass(frozen=True)
class Panel:
    """A titled box.

    Args:
        title: One line.
        lines: Paragraphs; text between backticks is set as code, `[text](url)` as a link (in tables too).
        facts: Names and values, shown below in small print.
        table: Rows; the first is the heading.
        code: Python, SQL or a log, shown as it is.
        buttons: For whoever sits in front of a live notebook; not in the plain form.
    """

    title: str
    tone: Tone = Tone.INFO
    lines: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    table: Sequence[Sequence[str]] = ()
    code: str = ""
    buttons: tuple[Button, ...] = ()

    def bundle(self) -> dict[str, str]:
        """Return both forms by MIME type, as Jupyter's display protocol asks."""
        return {"text/plain": self.text(), "text/html": self.html()}

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.bundle()

    def text(self) -> str:
        """Return the panel for a terminal."""
        rows = [self.title, *(f"  {_plain(line)}" for line in self.lines)]
        rows += [f"    {name}: {value}" for name, value in self.facts.items()]
        table = [[_plain(cell) for cell in row] for row in self.table]
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))] if table else []
        rows += ["  " + "  ".join(cell.ljust(widths[i]) for i, cell in enumerate(row)).rstrip() for row in table]
        rows += [f"    {line}".rstrip() for line in self.code.splitlines()]
        return "\n".join(rows)

    def html(self) -> str:
        """Return the panel for a notebook."""
        parts = [f'<div style="{_BOX.format(edge=self.tone.value)}"><strong>{_inline(self.title)}</strong>']
        parts += [f"<div>{_inline(line)}</div>" for line in self.lines]
        if self.table:
            parts.append(_table(self.table))
        if self.facts:
            pairs = "<br>".join(f"{escape(name)}: <code>{escape(value)}</code>" for name, value in self.facts.items())
            parts.append(f'<div style="{_MUTED};font-size:12px;margin-top:4px">{pairs}</div>')
        if self.code:
            parts.append(f'<pre style="margin:6px 0 0;padding:6px 8px">{escape(self.code)}</pre>')
        parts.append(frontend.row(self.buttons))
        return "".join([*parts, "</div>"])


def _inline(line: str) -> str:
    linked = _LINK.sub(r'<a href="\2" target="_blank" rel="noopener">\1</a>', escape(line))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", linked)


def _plain(line: str) -> str:
    return _LINK.sub(r"\1 (\2)", line)


def _table(rows: Sequence[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f'<{tag} style="{_CELL}">{_inline(cell)}</{tag}>' for cell in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows[1:])
    return f'<table style="border:none;margin:4px 0">{row(rows[0], "th")}{body}</table>'
