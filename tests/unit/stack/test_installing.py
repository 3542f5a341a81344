import os
import signal
import threading
import time
from pathlib import Path

import pytest

from stack.context import Context
from stack.errors import StackError
from stack.installing import install
from stack.progress import Reporter, Step
from stack.servers.base import Program
from stack.servers.minio import Minio

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def cache(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEHOUSE_CACHE", str(state.with_name("cache")))


class Slow(Minio):
    """A server whose installation goes on until somebody stops it."""

    stopped_after_s = 0.0

    def installed(self) -> bool:
        return False

    def install(self, step: Step) -> None:
        started = time.monotonic()
        try:
            while time.monotonic() - started < 30:
                step.update("going on")
                time.sleep(0.01)
        finally:
            type(self).stopped_after_s = time.monotonic() - started

    def program(self) -> Program:
        raise AssertionError("nothing is started by an installation")


class Broken(Slow):
    """A server that cannot be installed."""

    def builds(self) -> bool:
        return False

    def install(self, step: Step) -> None:
        step.update("trying")
        raise StackError("broken is not to be had.", "Have another.")


class Brief(Slow):
    """A server that is installed at once."""

    def install(self, step: Step) -> None:
        step.update("done", 1, 1)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_what_is_being_installed() -> None:
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        install([Slow("minio", Context.load())], Reporter())
    assert 0 < Slow.stopped_after_s < 5


def test_one_that_fails_does_not_keep_the_others_from_the_cache() -> None:
    with pytest.raises(StackError, match="broken is not to be had") as raised:
        install([Brief("minio", Context.load()), Broken("kafka", Context.load())], Reporter())
    assert "Have another." in str(raised.value)
