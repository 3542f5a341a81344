"""One lane per task: a thread that the model runs in, and a queue before it with a bound in number and in time.

A model that computes would hold up the event loop, health checks included, so it has a thread. Each task has its own,
so that a fraud model that hangs costs no churn answer. One thread and not more: a model need not be thread-safe.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from services.inference.errors import BusyError
from services.inference.messages import Task

P = ParamSpec("P")
T = TypeVar("T")


class Lane:
    """Runs one call at a time.

    Args:
        task: whose lane it is, for messages and the thread's name.
        max_waiting: how many requests may be in the lane, the one that is running included.
        timeout_s: how long a request may be in the lane, waiting and running.
    """

    def __init__(self, task: Task, *, max_waiting: int, timeout_s: float) -> None:
        self._task = task
        self._max_waiting = max_waiting
        self._timeout_s = timeout_s
        self._waiting = 0
        self._free = asyncio.Semaphore()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=task)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` returns, raise what it raises.

        Raises:
            BusyError: the lane is full, or the answer was not there in time.
        """
        if self._waiting >= self._max_waiting:
            raise BusyError(f"{self._waiting} requests for {self._task} are waiting already")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                # Who waits here leaves nothing behind when time is up. In the executor's own queue, calls that nobody
                # wants any more would pile up behind a model that hangs.
                await self._free.acquire()
                running = asyncio.wrap_future(self._thread.submit(work, *args, **kwargs))
                running.add_done_callback(self._done)
                return await asyncio.shield(running)
        except TimeoutError:
            raise BusyError(f"{self._task} was not answered within {self._timeout_s:g} s") from None
        finally:
            self._waiting -= 1

    def _done(self, running: asyncio.Future[T]) -> None:
        self._free.release()
        if not running.cancelled():
            running.exception()  # looked at, so that asyncio does not complain where the request has long timed out

    def close(self) -> None:
        """Let the thread end after the call that it is in."""
        self._thread.shutdown(wait=False, cancel_futures=True)
