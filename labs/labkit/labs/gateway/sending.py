"""Watching a learner's `send` in a gateway whose cable to Kafka can be pulled."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, NotEnoughReplicasError

from labkit.errors import WrongAnswerError
from labkit.labs.gateway.topics import PREFIX
from labkit.servers import cable, own_gateway
from labkit.servers.cable import Cable
from labkit.servers.own_gateway import OwnGateway
from services.contracts import topics
from services.contracts.settings import Kafka
from services.gateway.publisher import Send
from services.gateway.routing import Record


@dataclass
class Watched:
    """A learner's `send` with what it did wrong on the way; `Send` itself."""

    function: Callable[..., Any]
    problems: list[Exception] = field(default_factory=list)

    async def __call__(self, producer: AIOKafkaProducer, record: Record) -> None:
        """Send. What is no error of Kafka's is kept for the check."""
        try:
            found = self.function(_Fence(producer, record), record)
            await _awaitable(found)
        except KafkaError:
            raise
        except Exception as error:
            self.problems.append(error)
            raise

    def complain(self) -> None:
        """Raise what a check says about the first problem, if there was any."""
        if not self.problems:
            return
        problem = self.problems[0]
        if isinstance(problem, WrongAnswerError):
            raise problem
        name = type(problem).__name__
        raise WrongAnswerError(f"`send` raised {name}: {problem}")


def _awaitable(found: object) -> Awaitable[Any]:
    if inspect.isawaitable(found):
        return found
    raise WrongAnswerError(
        f"`send` returned a {type(found).__name__}, which the gateway cannot await: begin it with `async def`",
    )


class _Fence:
    """The producer, for this record's topic only: a lab's record must not stray into the platform's topics."""

    def __init__(self, producer: AIOKafkaProducer, record: Record) -> None:
        self._producer = producer
        self._topic = record.topic

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the producer has
        return getattr(self._producer, name)

    async def send(self, topic: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the producer's
        return await self._producer.send(self._checked(topic), *args, **kwargs)

    async def send_and_wait(self, topic: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the producer's
        return await self._producer.send_and_wait(self._checked(topic), *args, **kwargs)

    def _checked(self, topic: str) -> str:
        if topic != self._topic:
            message = f"`send` wrote to another topic than the record's: {topic!r} instead of `record.topic`"
            raise WrongAnswerError(message)
        return topic


class _Refusing:
    """A producer whose Kafka is there and refuses every record. Waiting for it by `flush` does not tell that."""

    async def send(self, *_: object, **__: object) -> Awaitable[NoReturn]:
        future: asyncio.Future[NoReturn] = asyncio.get_running_loop().create_future()
        future.set_exception(NotEnoughReplicasError())
        future.exception()  # asyncio shall not complain where the learner does not look at it
        return future

    async def send_and_wait(self, *args: object, **kwargs: object) -> NoReturn:
        await (await self.send(*args, **kwargs))
        raise AssertionError

    async def flush(self) -> None:
        """Like aiokafka's: it waits, and keeps to itself how it went."""


def swallows(function: Callable[..., Any]) -> bool:
    """Tell whether it takes a refusal of Kafka's for a success."""

    async def tried() -> bool:
        try:
            await function(_Refusing(), Record(PREFIX + topics.CHARGE, b"ch_1", b"{}"))
        except Exception:  # noqa: BLE001 - any way of saying no will do
            return False
        return True

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, tried()).result()


@contextmanager
def by_cable(send: Send) -> Iterator[tuple[OwnGateway, Cable]]:
    """Serve a gateway that accepts everybody and reaches Kafka by a cable, in place or not as the block leaves it.

    Raises:
        ServerDownError: the gateway does not start, or the cable's port is taken.
    """
    with (
        cable.laid() as line,
        own_gateway.serving(
            PREFIX, verify=lambda *_: None, send=send, kafka=Kafka(bootstrap_servers=line.address)
        ) as own,
    ):
        yield own, line
