"""A bound on how long a wait may take: what `asyncio.timeout` does, for a tenth of its cost."""

import asyncio
from types import TracebackType


class Deadline:
    """`with deadline: await …` raises `TimeoutError` if the block takes longer than `timeout_s`.

    One object serves all tasks. As all waits are equally long, they end in the order in which they began: one timer,
    set for the oldest, is enough, where `asyncio.timeout` starts and cancels one each time. A task may be in one block
    of the same object at a time.
    """

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._waiting: dict[asyncio.Task[object], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline is for what runs in a task")
        ends = self._waiting[task] = loop.time() + self.timeout_s
        if self._timer is None:
            self._timer = loop.call_at(ends, self._expire, loop)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        task = asyncio.current_task(asyncio.get_running_loop())
        if task is None or self._waiting.pop(task, None) is not None:
            return
        # It was `_expire` that cancelled the task, unless somebody else has done so too.
        if task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError from None

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._waiting:
            task, ends = next(iter(self._waiting.items()))
            if ends > loop.time():
                self._timer = loop.call_at(ends, self._expire, loop)
                return
            del self._waiting[task]
            task.cancel()
