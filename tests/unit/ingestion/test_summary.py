"""What a person reads after a batch."""

from services.ingestion.summary import Loaded, Summary


def summary(
    *, checks_failed: tuple[str, ...] = (), failures: tuple[str, ...] = (), warnings: tuple[str, ...] = ()
) -> Summary:
    return Summary((Loaded("payment_events", 3, ("b1",)),), ("fct_payments",), 8, checks_failed, failures, warnings)


def test_a_batch_without_failures_succeeded() -> None:
    assert summary().succeeded
    assert summary().text().splitlines() == [
        "payment_events: 3 rows loaded",
        "  batch b1",
        "dbt: 1 models built (fct_payments)",
        "checks: 8 passed, 0 failed",
    ]


def test_a_failed_check_fails_the_batch_and_is_named() -> None:
    failed = summary(checks_failed=("unique_fct_payments_event_id",))

    assert not failed.succeeded
    assert "failed: unique_fct_payments_event_id" in failed.text()


def test_a_failed_step_fails_the_batch_and_says_why() -> None:
    assert "failed: data__payment_events: no server" in summary(failures=("data__payment_events: no server",)).text()


def test_a_warning_is_shown_and_fails_nothing() -> None:
    warned = summary(warnings=("payment_events.volume: 9 times the rows of a usual day",))

    assert warned.succeeded
    assert "checks: 8 passed, 0 failed, 1 warned" in warned.text()
    assert "warning: payment_events.volume: 9 times" in warned.text()
