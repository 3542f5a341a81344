"""Wrong orders of a batch's steps, each with the part of the message that only it must get."""

from typing import Any

from labkit.labs.ingestion.steps import Steps


def own(steps: Steps, batch_id: str) -> None:
    if steps.claim(batch_id):
        steps.commit(batch_id, steps.write(steps.read(batch_id)))
        steps.mark(batch_id)


def finishes(steps: Steps, *, look: bool = True) -> None:
    for batch_id in steps.open_batches():
        if not (look and steps.holds(batch_id)):
            steps.commit(batch_id, steps.write(steps.read(batch_id)))
        steps.mark(batch_id)


def mark_then_write(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    finishes(steps)
    batch_id = new_id()
    if steps.claim(batch_id):
        rows = steps.read(batch_id)
        steps.mark(batch_id)
        steps.commit(batch_id, steps.write(rows))


def only_marks_what_is_open(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    for batch_id in steps.open_batches():
        steps.mark(batch_id)
    own(steps, new_id())


def never_looks(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    finishes(steps, look=False)
    own(steps, new_id())


def one_id(steps: Steps, _new_id: Any) -> None:  # noqa: ANN401
    finishes(steps)
    own(steps, "payments")


def never_marks(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    batch_id = new_id()
    if steps.claim(batch_id):
        steps.commit(batch_id, steps.write(steps.read(batch_id)))


def never_claims(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    batch_id = new_id()
    steps.commit(batch_id, steps.write(steps.read(batch_id)))
    steps.mark(batch_id)


def loads_nothing(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    finishes(steps)
    batch_id = new_id()
    steps.claim(batch_id)
    steps.commit(batch_id, steps.write(steps.read(batch_id)))
    steps.mark(batch_id)


def its_own_first(steps: Steps, new_id: Any) -> None:  # noqa: ANN401
    own(steps, new_id())
    finishes(steps)


LOAD: dict[str, tuple[Any, str]] = {
    "mark, then write": (mark_then_write, "The killed one had marked what it had not committed yet"),
    "only its own": (lambda s, new_id: own(s, new_id()), "begin with `steps.open_batches()`"),
    "never looks": (never_looks, "The killed one had committed"),
    "marks what is open": (only_marks_what_is_open, "without looking whether the table has it"),
    "one id for all": (one_id, "Every batch had the same id"),
    "never marks": (never_marks, "a batch is not done until it is marked"),
    "never claims": (never_claims, "an id is claimed before it is read"),
    "empty snapshots": (loads_nothing, "a snapshot without rows was made"),
    "a known slip": (own, "`load` raised"),
}
