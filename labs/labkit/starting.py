"""`labkit.start`: what a lab is about, which of its servers are up, and starting those that are not."""

from collections.abc import Sequence

import stamina
from IPython.core.getipython import get_ipython

from labkit import frontend, health, source
from labkit.errors import LabError, ServerDownError
from labkit.frontend import Button
from labkit.health import Server
from labkit.lab import Lab, display
from labkit.panel import Panel, Tone
from labkit.progress import Kind, Progress, progress_file
from labkit.results import Results
from labkit.spec import LabSpec, load
from stack.errors import StackError

MIB_PER_GIB = 1024


def start(name: str) -> Lab:
    """Begin or resume a lab in this kernel: show what it is about, and start those of its servers that are down.

    Args:
        name: The lab's number, such as `"03"`, or its whole name, `"03_normalizer"`.

    Raises:
        LabError: there is no such lab; those that exist are named.
    """
    spec = load(full_name(name))
    results = Results.of_this_run(exercise.name for exercise in spec.exercises)
    stamina.instrumentation.set_on_retry_hooks([])  # its log would stand in the middle of a cell's output
    shell = get_ipython()
    progress = Progress(progress_file())
    lab = Lab(spec, progress=progress, results=results, names=shell.user_ns if shell else None)
    progress.record(spec.name, Kind.STARTED)
    display(header(lab))
    display(bring_up(lab) if spec.servers else needed(spec))
    return lab


def full_name(name: str) -> str:
    """Return a lab's whole name for its number. Raises `LabError` that names the labs there are."""
    known = sorted(path.stem for path in source.SOLUTIONS.glob("[0-9][0-9]_*.py"))
    found = [one for one in known if name in (one, one[:2])]
    if len(found) != 1:
        raise LabError(f"there is no lab {name!r}; there are {', '.join(known)}")
    return found[0]


def header(lab: Lab) -> Panel:
    """Return what this lab is about, what it takes, and where the learner stopped."""
    spec, passed = lab.spec, lab.passed()
    lines = ["Afterwards you can", *(f"• {objective}" for objective in spec.objectives)] if spec.objectives else []
    left = [exercise.name for exercise in spec.exercises if exercise.name not in passed]
    if passed:
        begun = f"Welcome back: {len(passed)} of {len(spec.exercises)} exercises passed"
        lines.append(f"{begun}; next is `{left[0]}`." if left else f"{begun}, which is all.")
    facts = {
        "your time": f"about {spec.minutes} minutes",
        "memory": f"{spec.memory_mib / MIB_PER_GIB:.1f} GiB".replace(".0 ", " "),
    } | ({"catalog in use": lab.platform.catalog()} if spec.servers else {})
    progress = (Button("My progress", "lab.progress()"),)
    return Panel(f"Lab {spec.name[:2]} · {spec.title}", lines=tuple(lines), facts=facts, buttons=progress)


def bring_up(lab: Lab) -> Panel:
    """Start what is down, except what the lab's own cells start; return how the servers are then."""
    found = health.of(lab.spec.servers)
    by_hand = lab.spec.started_by_hand
    missing = [server.name for server in found if not server.ready and server.name not in by_hand]
    if not missing:
        return servers_panel(found, by_hand)
    problem = ""
    try:
        lab.platform.run("up", "--only", ",".join(missing))
    except (ServerDownError, StackError) as error:
        problem = str(error)
    return servers_panel(health.of(lab.spec.servers), by_hand, problem)


def needed(spec: LabSpec) -> Panel:
    """Return what a lab without servers of the platform lacks on this machine, if anything."""
    lacking = spec.lacks()
    return Panel(
        "This lab cannot run here yet" if lacking else "This lab needs no server of the platform",
        Tone.BAD if lacking else Tone.INFO,
        lines=(lacking,) if lacking else (),
    )


def servers_panel(servers: Sequence[Server], by_hand: Sequence[str] = (), problem: str = "") -> Panel:
    """Return which servers are up, how much memory each may take, and links to their own pages."""
    rows = [
        (
            "✓" if server.ready else "✗",
            server.name,
            "up" if server.ready else "started in this lab" if server.name in by_hand else "down",
            f"{server.memory_mib}\N{NO-BREAK SPACE}MiB",
            _page(server),
        )
        for server in servers
    ]
    down = [server for server in servers if not server.ready and server.name not in by_hand]
    return Panel(
        "What this lab needs, and what does not start" if down else "What this lab needs",
        Tone.BAD if down else Tone.INFO,
        lines=(problem,) if problem else (),
        table=(("", "server", "state", "memory", "its own page"), *rows) if rows else (),
        code="\n".join(server.last_lines() for server in down),
    )


def _page(server: Server) -> str:
    """Return a link to a server's own page; a link into somebody else's machine, in a saved output, is only a name."""
    page = f"[{server.page}]({server.url})" if server.url and frontend.live() else server.page
    return f"{page} ({server.login})" if server.login else page
