"""A worker in a process of its own: started, waited for, and killed as `kill -9` does."""

import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from labkit.errors import WrongAnswerError
from labkit.labs.temporal import charges
from labkit.labs.temporal.shop import Order
from labkit.servers import by_value, own_process
from services.contracts.settings import Temporal

PATIENCE_S: Final = 30.0
PROGRAM: Final = Path(__file__).with_name("worker_program.py")


class WorkerProcess:
    """A worker process. One that `dawdles` writes the charge and then does not tell Temporal."""

    def __init__(
        self, workflow: type, write_charge: Callable[..., None], task_queue: str, *, dawdles: bool = False
    ) -> None:
        """Start it."""
        temporal = Temporal()
        job = {
            "address": temporal.address,
            "namespace": temporal.namespace,
            "dsn": charges.ensure().dsn,
            "task_queue": task_queue,
            "workflow": workflow,
            "write_charge": write_charge,
            "order": Order,
            "dawdles": dawdles,
        }
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process is
        packed = by_value.dumps(job, [workflow, write_charge, Order])
        self._process = own_process.spawn(PROGRAM, packed, stdout=subprocess.PIPE, stderr=self._log)

    def wait_for_the_charge(self) -> None:
        """Return once the worker has written the charge. Raises `WrongAnswerError` if it does not."""
        alarm = threading.Timer(PATIENCE_S, self._process.kill)
        alarm.start()
        said = self._process.stdout.readline() if self._process.stdout else b""
        alarm.cancel()
        if not said:
            raise WrongAnswerError(
                f"the worker process wrote no charge within {PATIENCE_S:g} s: {own_process.last_line(self._log)}",
                try_next="have `CollectPayment` and `write_charge` passed their checks?",
            )

    def kill(self) -> None:
        """Kill it with SIGKILL: it cannot finish, tidy up or say goodbye."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
