import asyncio
import time

import pytest

from services.gateway.deadlines import Deadline


async def test_a_wait_in_time_goes_through() -> None:
    deadline = Deadline(5)
    with deadline:
        await asyncio.sleep(0)


async def test_a_wait_that_takes_too_long_is_a_timeout() -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError), Deadline(0.05):
        await asyncio.Event().wait()
    assert time.monotonic() - started < 5
    task = asyncio.current_task()
    assert task
    assert task.cancelling() == 0


async def test_each_of_many_waits_has_its_own_end_although_there_is_one_timer() -> None:
    deadline = Deadline(0.2)
    ended: dict[str, float] = {}
    started = time.monotonic()

    async def wait(name: str, seconds: float) -> None:
        try:
            with deadline:
                await asyncio.sleep(seconds)
        except TimeoutError:
            ended[name] = time.monotonic() - started

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(wait("first", 60))
        tasks.create_task(wait("in time", 0.01))
        await asyncio.sleep(0.1)
        tasks.create_task(wait("second", 60))
    assert ended.keys() == {"first", "second"}
    assert ended["first"] >= 0.19
    assert ended["second"] >= ended["first"] + 0.05


async def test_it_can_be_used_again_after_a_timeout_and_after_a_pause() -> None:
    deadline = Deadline(0.02)
    for _ in range(2):
        with pytest.raises(TimeoutError), deadline:
            await asyncio.Event().wait()
        with deadline:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)


async def test_an_error_in_the_block_stays_what_it_is() -> None:
    with pytest.raises(KeyError), Deadline(5):
        raise KeyError


async def test_a_cancellation_by_somebody_else_stays_a_cancellation() -> None:
    async def wait() -> None:
        with Deadline(5):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
