"""A figure as an output: PNG for a notebook, words for a terminal."""

import base64
import io
from dataclasses import dataclass
from typing import Final, Self

from matplotlib.figure import Figure

DOTS_PER_INCH = 110
# Readable on JupyterLab's light and on its dark background; the picture itself has none.
INK: Final = "#8a8f98"
MARK: Final = "#f37726"


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
