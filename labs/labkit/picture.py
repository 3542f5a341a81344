"""A figure as an output: PNG for a notebook, words for a terminal."""

import base64
import io
from dataclasses import dataclass
from typing import Final, Self

from matplotlib.axes import Axes
from matplotlib.figure import Figure

DOTS_PER_INCH = 110
# Readable on JupyterLab's light and on its dark background; the picture itself has none.
INK: Final = "#8a8f98"
MARK: Final = "#f37726"
OTHER: Final = "#4c9be8"


@dataclass(frozen=True)
class Picture:
    """A drawn figure with a transparent background. `text` says in words what it shows."""

    png: bytes
    text: str

    @classmethod
    def of(cls, figure: Figure, text: str) -> Self:
        """Draw a matplotlib figure."""
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, transparent=True)
        return cls(buffer.getvalue(), text)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": self.text}


def dress(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Give axes the course's colours, a title, and what is along each of them."""
    axes.set_title(title, color=INK, loc="left", fontsize=10)
    axes.set_xlabel(x, color=INK, fontsize=9)
    axes.set_ylabel(y, color=INK, fontsize=9)
    axes.tick_params(colors=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
