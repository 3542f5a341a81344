import asyncio
from collections.abc import Awaitable, Callable

import pytest

import labkit
from labkit.attempt import Attempt, is_stub
from labkit.errors import NotAttemptedError, ServerDownError, WrongAnswerError
from labkit.fallback import with_fallback


def stub(_number: int) -> int:
    return labkit.todo()


async def async_stub(_number: int) -> int:
    return labkit.todo()


class StubWorkflow:
    def run(self) -> int:
        return labkit.todo()


class Workflow:
    def run(self) -> int:
        return 1


async def double(number: int) -> int:
    return 2 * number


async def breaks(_secret: str) -> int:
    raise ValueError("no whsec_1")


@pytest.mark.parametrize(("answer", "expected"), [(stub, True), (async_stub, True), (StubWorkflow, True)])
def test_a_stub_is_told_without_running_it(answer: Callable[..., object], *, expected: bool) -> None:
    assert is_stub(answer) == expected
    with pytest.raises(NotAttemptedError):
        Attempt("x", answer).written()


@pytest.mark.parametrize("answer", [double, Workflow, abs])
def test_what_is_written_is_handed_over_as_it_is(answer: Callable[..., object]) -> None:
    assert not is_stub(answer)
    assert Attempt("x", answer).written() is answer


def test_what_an_async_answer_raises_is_the_learners_too() -> None:
    assert asyncio.run(Attempt("x", double)(4)) == 8
    with pytest.raises(WrongAnswerError, match="`x` raised ValueError: no …"):
        asyncio.run(Attempt("x", breaks)("whsec_1"))


def test_a_server_that_is_down_is_not_the_learners_fault_wherever_it_is_noticed() -> None:
    def asks() -> None:
        raise ServerDownError("Kafka does not answer")

    with pytest.raises(ServerDownError):
        Attempt("x", asks)()


def test_the_reference_stands_in_for_an_async_stub_and_says_so_once() -> None:
    told: list[str] = []
    answer: Callable[[int], Awaitable[int]] = with_fallback(async_stub, lambda: double, lambda: told.append("told"))

    assert [asyncio.run(answer(4)), asyncio.run(answer(5))] == [8, 10]  # type: ignore[arg-type]
    assert told == ["told"]


def test_the_reference_stands_in_for_a_class_with_a_stub_in_it() -> None:
    told: list[str] = []

    assert with_fallback(StubWorkflow, lambda: Workflow, lambda: told.append("told")) is Workflow
    assert with_fallback(Workflow, lambda: StubWorkflow, lambda: told.append("told")) is Workflow
    assert told == ["told"]
