"""The links of the labs: inner ones must lead somewhere, outer ones are listed in `labs/links.txt` for whoever looks.

No network is asked: a lab is not wrong because somebody else's site is down.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from labkit import notebooks
from services.contracts.settings import REPOSITORY

_FENCE: Final = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
_CODE: Final = re.compile(r"`[^`\n]+`")
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_PATH: Final = re.compile(r"`((?:services|platform|dbt|docs|tests|labs|solutions|requirements)/[\w./-]*\w)`")


def text_of(path: Path) -> str:
    """Return the Markdown of a file: of a lab's source or a notebook, its text cells."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    notebook = notebooks.read_percent(path) if path.suffix == ".py" else notebooks.read(path)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def links(text: str) -> list[str]:
    """Return the targets of the links in a Markdown text, without those in code."""
    return _LINK.findall(_CODE.sub("", _FENCE.sub("", text)))


def external(paths: Iterable[Path]) -> Mapping[str, list[str]]:
    """Return every outer link, sorted, with the files that have it."""
    found: dict[str, list[str]] = {}
    for path in paths:
        for target in dict.fromkeys(links(text_of(path))):
            if urlsplit(target).scheme:
                found.setdefault(target, []).append(path.name)
    return dict(sorted(found.items()))


def listing(found: Mapping[str, list[str]]) -> str:
    """Return the content of `links.txt`."""
    return "".join(f"{link}  {', '.join(names)}\n" for link, names in found.items())


def malformed(links: Iterable[str]) -> list[str]:
    """Return the outer links that are no proper https addresses."""
    return [link for link in links if not re.fullmatch(r"https://[\w-]+(\.[\w-]+)+(/[^\s\"<>]*)?", link)]


def dead(path: Path, base: Path) -> Iterator[str]:
    """Yield the inner links of a file that lead nowhere, and the files that it names in backticks and are not there.

    Args:
        path: The file.
        base: The folder that its links start from.
    """
    text = text_of(path)
    for target in links(text):
        if urlsplit(target).scheme:
            continue
        name, _, anchor = target.partition("#")
        file = (base / name).resolve() if name else path
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            yield target
    yield from (name for name in _PATH.findall(_FENCE.sub("", text)) if not (REPOSITORY / name).exists())


def _anchors(path: Path) -> set[str]:
    headings = _HEADING.findall(_FENCE.sub("", text_of(path)))
    if path.suffix == ".md":  # as GitHub makes them
        return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-") for heading in headings}
    return {heading.replace(" ", "-") for heading in headings}  # as JupyterLab does
