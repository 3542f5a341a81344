"""What depends on which catalog runs: other lines in Trino's file, requests that are sent or shown."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit.lab import Lab
from labkit.labs.lakehouse import LAB, names, setup, trino_file
from labkit.outcome import Fault, Outcome, Verdict
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.servers import object_store, polaris, trino_catalogs

from .wrong_answers import OF_KIND, prepare, reference

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("lab01")]
ALL = sorted((kind, name) for kind, answers in OF_KIND.items() for name in answers)


@pytest.fixture(scope="module")
def lab01(platform: object) -> None:  # noqa: ARG001 - asked for its servers
    """The lab's bucket, catalog and Trino's file."""
    prepare()


def verdict(exercise: str, answer: Callable[..., Any]) -> Verdict:
    lab = Lab(LAB, progress=Progress(progress_file()), results=Results([], None), show=lambda _: None)
    lab.exercise(exercise)(answer)
    return lab.check(exercise)


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_line_that_this_catalog_needs_and_the_other_does_not_is_missed(kind: str, name: str) -> None:
    if kind != trino_file.kind():
        pytest.skip(f"the catalog in use is not the {kind} one")
    answer, part = OF_KIND[kind][name]
    failed = verdict("catalog_file", answer)

    assert (failed.outcome, failed.fault) == (Outcome.FAILED, Fault.CODE)
    assert part in failed.message


def test_requests_to_polaris_are_sent_to_it_or_shown_as_what_they_would_be() -> None:
    plan = reference("grant_steps")(names.CATALOG, names.PRINCIPAL)
    first, second = setup.send(plan), setup.send(plan)

    assert first == second, "what is there already is as good as what was just made"
    assert first.title == ("sent to Polaris" if polaris.in_use() else "not sent")
    assert "127.0.0.1" not in first.text()


def test_a_check_takes_away_what_it_made() -> None:
    s3 = object_store.client()
    before = object_store.buckets(s3), trino_catalogs.loaded()

    assert verdict("make_bucket", reference("make_bucket")).outcome is Outcome.PASSED
    assert verdict("catalog_file", reference("catalog_file")).outcome is Outcome.PASSED
    assert (object_store.buckets(s3), trino_catalogs.loaded()) == before


@pytest.mark.parametrize(
    ("exercise", "variable", "address", "server"),
    [
        ("make_bucket", "S3_ENDPOINT", "http://127.0.0.1:9", "MinIO does not answer"),
        ("create_payments", "CATALOG_URI", "http://127.0.0.1:9", "does not answer at"),
        ("evolve", "TRINO_PORT", "9", "Trino does not answer"),
    ],
)
def test_a_lakehouse_server_that_is_down_is_not_the_learners_fault(
    monkeypatch: pytest.MonkeyPatch, exercise: str, variable: str, address: str, server: str
) -> None:
    monkeypatch.setenv(variable, address)
    found = verdict(exercise, reference(exercise))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.SERVER)
    assert server in found.message
    assert found.try_next
