"""Put the servers into the per-user cache: downloads beside builds, one clone at a time."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock, Timeout

from stack.errors import StackError
from stack.install import golang
from stack.paths import cache_dir
from stack.progress import Reporter
from stack.servers.base import Server


def install(servers: list[Server], reporter: Reporter) -> None:
    """Install what is missing. May be interrupted at any time; the next call goes on. Raises StackError."""
    missing = [server for server in servers if not server.installed()]
    if not missing:
        return
    reporter.say(f"Setting up {', '.join(server.name for server in missing)} in {_shown(cache_dir())} (once per user).")
    cache_dir().mkdir(parents=True, exist_ok=True)
    with _only_one(cache_dir() / "install.lock", reporter):
        builds = [server for server in missing if server.builds()]
        downloads = [server for server in missing if not server.builds()]
        # Two lanes: a build keeps the processors busy, a download the connection. Each lane is in order.
        with ThreadPoolExecutor(max_workers=2) as pool:
            lanes = [pool.submit(_install_all, lane, reporter) for lane in (builds, downloads)]
            try:
                _wait(lanes)
            except BaseException:  # Ctrl-C: both lanes stop at their next step, and the pool waits for that only
                reporter.cancelled.set()
                reporter.say("Interrupted. The same command again goes on where it stopped.")
                raise
        if builds:
            golang.clean()


def _install_all(servers: list[Server], reporter: Reporter) -> None:
    for server in servers:
        if server.installed():  # another clone did it while we waited
            continue
        verb = "building" if server.builds() else "downloading"
        with reporter.step(f"{verb} {server.name} {server.version}") as step:
            server.install(step)


def _wait(lanes: list[Future[None]]) -> None:
    errors = [error for lane in lanes if (error := lane.exception())]
    for error in errors:
        if not isinstance(error, StackError):
            raise error
    if errors:
        raise StackError("\n".join(str(error) for error in errors))


def _only_one(path: Path, reporter: Reporter) -> FileLock:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        reporter.say("Another `lakehouse` of yours is setting up servers; waiting for it.")
        lock.acquire()
    return lock


def _shown(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
