"""Exercise 2: data goes by artefact. Two tables come in one go, at the places that kfp names."""

import json
from typing import Any, Final

import pandas as pd

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.kubeflow import payments, running
from labkit.servers.unwarned import quietly
from labkit.spec import Passed

with quietly():
    from kfp import dsl
    from kfp.dsl import Dataset, Input

TEST_FROM: Final = "2026-03-02T05:00:00+00:00"
"""The time of one of the eight payments, to the second."""


@dsl.component(base_image=running.IMAGE, install_kfp_package=False)
def look(train: Input[Dataset], test: Input[Dataset]) -> str:
    """Return what the next step finds in both: the rows as JSON, or why it cannot read them."""
    import json  # noqa: PLC0415

    import pandas as pd  # noqa: PLC0415

    found = {}
    for name, part in (("train", train), ("test", test)):
        try:
            rows = pd.read_parquet(part.path)
            times = [pd.Timestamp(one).isoformat() for one in rows["occurred_at"]]
            found[name] = {"times": times, "columns": sorted(rows.columns), "metadata": part.metadata}
        except FileNotFoundError:
            found[name] = {"missing": True}
        except (OSError, ValueError, KeyError) as error:
            found[name] = {"unreadable": f"{type(error).__name__}: {error}"[:200]}
    return json.dumps(found)


def check(attempt: Attempt) -> Passed:
    """Cut eight payments and let a step after it look."""
    component = running.as_component(attempt.written())
    missing = (
        {"payments", "test_from", "train", "test"}
        - set(component.component_spec.inputs or {})
        - set(component.component_spec.outputs or {})
    )
    if missing:
        raise WrongAnswerError(f"the component has no {', '.join(f'`{one}`' for one in sorted(missing))}")
    parts = _cut(component)
    rows = payments.few()
    expected = {
        "train": [one.isoformat() for one in rows["occurred_at"] if one < pd.Timestamp(TEST_FROM)],
        "test": [one.isoformat() for one in rows["occurred_at"] if one >= pd.Timestamp(TEST_FROM)],
    }
    if mistake := _unreadable(parts) or _of_rows(parts, expected) or _of_metadata(parts):
        raise WrongAnswerError(mistake)
    return Passed(
        "the next step found both tables where kfp told it to look",
        {
            name: f"{len(part['times'])} rows, metadata rows = {part['metadata']['rows']:g}"
            for name, part in parts.items()
        },
    )


def _cut(component: Any) -> dict[str, Any]:  # noqa: ANN401 - kfp has no types
    with payments.file_of(payments.few()) as path:

        def cut_and_look(source: str, test_from: str) -> None:
            table = dsl.importer(artifact_uri=source, artifact_class=Dataset, reimport=True)
            made = component(payments=table.output, test_from=test_from)
            look(train=made.outputs["train"], test=made.outputs["test"])

        done = running.ended(running.run(running.as_pipeline(cut_and_look), source=path, test_from=TEST_FROM))
    found: dict[str, Any] = json.loads(done.steps["look"].outputs["Output"])
    return found


def _unreadable(parts: dict[str, Any]) -> str | None:
    for name, part in parts.items():
        if part.get("missing"):
            return f"the next step looked at `{name}.path`, and there is no file: where a step writes is kfp's choice"
        if words := part.get("unreadable"):
            return f"the next step could not read `{name}.path` as Parquet: {words}"
    return None


def _of_rows(parts: dict[str, Any], expected: dict[str, list[str]]) -> str | None:
    train, test = (set(parts[name]["times"]) for name in ("train", "test"))
    if both := train & test:
        return f"{len(both)} payments are in both tables: the model is examined on what it has learnt"
    if lost := {*expected["train"], *expected["test"]} - train - test:
        edge = " It is the one at `test_from` itself." if lost == {TEST_FROM} else ""
        return f"{len(lost)} of the 8 payments are in neither table.{edge}"
    if "fraud" not in parts["train"]["columns"]:
        return f"`train` has the columns {', '.join(parts['train']['columns'])}: all of them were to stay"
    return _of_order(train, expected)


def _of_order(train: set[str], expected: dict[str, list[str]]) -> str | None:
    if train == set(expected["test"]):
        return "the two are the wrong way round: `train` is the past"
    if train == {*expected["train"], TEST_FROM}:
        return "the payment at `test_from` itself is in `train`; the test begins with it"
    if train != set(expected["train"]):
        return "some of `train` is later than some of `test`: a model that has seen the future is easily right"
    return None


def _of_metadata(parts: dict[str, Any]) -> str | None:
    for name, part in parts.items():
        if part["metadata"].get("rows") != len(part["times"]):
            held = part["metadata"].get("rows", "not there")
            return f"`{name}.metadata['rows']` is {held}, the table has {len(part['times'])} rows"
    return None
