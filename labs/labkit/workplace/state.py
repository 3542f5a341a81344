"""What the start page shows: each lab with its exercises, and each server."""

from collections.abc import Sequence
from dataclasses import dataclass

from labkit import source
from labkit.outcome import Outcome
from labkit.progress import Event, fold
from stack.context import Context
from stack.manifest import specs
from stack.supervise import Supervisor
from stack.workplace import proxied


@dataclass(frozen=True)
class LabState:
    """One lab, and how far the learner is. `left` are the exercises that are not passed yet, in order."""

    name: str
    title: str
    exercises: int
    left: Sequence[str]
    begun: bool
    last: bool

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return self.exercises - len(self.left)


@dataclass(frozen=True)
class ServerState:
    """One server or service. `page` is its user interface below JupyterLab's own address, `login` how to enter."""

    name: str
    running: bool
    title: str = ""
    page: str = ""
    login: str = ""


def labs(events: Sequence[Event]) -> list[LabState]:
    """Return every lab of the course, by what the learner did."""
    last = events[-1].lab if events else ""
    found = []
    for path in sorted(source.SOLUTIONS.glob("[0-9][0-9]_*.py")):
        (title, names), done = source.outline(path), fold(event for event in events if event.lab == path.stem)
        left = [name for name in names if name not in done or done[name].outcome is not Outcome.PASSED]
        begun = any(event.lab == path.stem for event in events)
        found.append(LabState(path.stem, title, len(names), left, begun, last=path.stem == last))
    return found


def next_lab(labs: Sequence[LabState]) -> LabState:
    """Return where to go on: the lab of last time if it is not done, else the first one that is not, else the last."""
    for one in labs:
        if one.last and one.left:
            return one
    return next((one for one in labs if one.left), labs[-1])


def servers(base: str) -> list[ServerState]:
    """Return every server and service of the platform, with its page behind JupyterLab's token."""
    alive = {name for name, (_, pid, _) in Supervisor().states().items() if pid}
    pages = {name.removeprefix("ui-"): entry["launcher_entry"] for name, entry in proxied(Context.load()).items()}
    return [
        ServerState(
            spec.name,
            spec.name in alive,
            title=pages[spec.name]["title"] if spec.name in pages else "",
            page=base + pages[spec.name]["path_info"] if spec.name in pages else "",
            login=spec.ui.get("login", "") if spec.name in pages else "",
        )
        for spec in specs().values()
        if spec.name in alive or not spec.on_demand
    ]
