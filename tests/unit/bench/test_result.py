"""What a benchmark makes of its runs."""

import pytest

from tests.bench.result import Result, Target, interleaved


def test_the_ratio_is_the_median_of_the_pairs_so_that_a_slow_machine_cancels_out() -> None:
    quiet, busy, disturbed = [(60, 100), (50, 100)], [(6, 10), (5, 10)], [(1, 100)]
    result = Result([*quiet, *busy, *disturbed], "messages/s", Target("at least", 0.5))
    assert (result.ours, result.reference, result.ratio) == (6, 100, 0.5)


@pytest.mark.parametrize(
    ("bound", "wanted", "met"),
    [("at least", 0.5, True), ("at least", 0.51, False), ("at most", 0.5, True), ("at most", 0.49, False)],
)
def test_a_target_is_met_on_the_right_side_of_its_bound(bound: str, wanted: float, *, met: bool) -> None:
    assert Result([(1, 2)], "ms", Target(bound, wanted)).met is met  # type: ignore[arg-type]  # a literal, by the list


def test_the_two_are_measured_in_turn_five_times() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return len(order)

    runs = interleaved(lambda: measure("ours"), lambda: measure("reference"))
    assert order == ["ours", "reference"] * 5
    assert runs[0] == (1, 2)


def test_the_entry_of_the_report_has_the_keys_of_the_contract() -> None:
    entry = Result([(1.0, 2.0)], "ms", Target("at most", 3), {"inference": 80}, {"load_s": 4}).as_json()
    assert entry == {
        "ours": 1.0,
        "reference": 2.0,
        "ratio": 0.5,
        "unit": "ms",
        "runs": [{"ours": 1.0, "reference": 2.0, "ratio": 0.5}],
        "target": 3,
        "bound": "at most",
        "met": True,
        "peak_rss_mib": {"inference": 80},
        "beside": {"load_s": 4},
    }
