from services.simulator.delivery import Delivery
from services.simulator.summary import Summary

GOOD = Delivery("evt_1", "charge.failed", "pi_1", b"{}")
CORRUPT = Delivery("evt_2", "charge.failed", "pi_1", b"{}", kind="corrupt: NaN", expected=400)


def test_a_run_without_trouble_is_one_line() -> None:
    summary = Summary(retried=2, seconds=1.5)
    for _ in range(3):
        summary.answered(GOOD, 200, "", 0.01)
    assert str(summary) == (
        "accepted 3, refused 0, unanswered 0, retried 2 in 1.5 s (2/s, p50 10 ms, p95 10 ms): charge.failed 3"
    )


def test_refusals_that_were_expected_are_said_to_be() -> None:
    summary = Summary(seconds=1)
    summary.answered(GOOD, 200, "", 0.01)
    summary.answered(CORRUPT, 400, "the body contains NaN", 0.01)
    assert summary.ok
    assert "among them: corrupt: NaN 1; every answer as expected" in str(summary)
    assert "not accepted: 400 the body contains NaN 1" in str(summary)


def test_an_answer_that_was_not_expected_is_named_with_the_one_that_was() -> None:
    summary = Summary(seconds=1)
    summary.answered(CORRUPT, 200, "", 0.01)
    summary.answered(GOOD, 400, "no", 0.01)
    assert not summary.ok
    assert "corrupt: NaN was answered 200, not 400" in str(summary)
    assert "event was answered 400 no, not 200" in str(summary)


def test_latencies_are_a_median_and_a_95th_percentile_in_milliseconds() -> None:
    summary = Summary()
    assert summary.latency_ms() == (0, 0)
    for number in range(1, 101):
        summary.answered(GOOD, 200, "", number / 1_000)
    p50, p95 = summary.latency_ms()
    assert (round(p50), round(p95)) == (50, 96)
