"""How much memory a notebook takes: the kernel and whatever it started, added up and sampled."""

import threading
from types import TracebackType
from typing import Self

import psutil

EVERY_S = 0.2
MIB = 1024 * 1024


class PeakMemory:
    """Samples the resident memory of this process's descendants while a `with` block runs."""

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self.peak_mib = max(self.peak_mib, _descendants_mib())
            if self._done.wait(EVERY_S):
                return


def _descendants_mib() -> float:
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # It ended between the listing and the look.
    return total / MIB
