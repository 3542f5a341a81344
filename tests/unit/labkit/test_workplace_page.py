from datetime import UTC, datetime

from labkit.outcome import Outcome
from labkit.progress import Event, Kind
from labkit.spec import load
from labkit.workplace import page, state
from labkit.workplace.state import LabState, ServerState

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def passed(lab: str, *exercises: str) -> list[Event]:
    return [Event(NOW.isoformat(), lab, Kind.OUTCOME, name, Outcome.PASSED) for name in exercises]


def lab(name: str, *left: str, passed: int = 0, begun: bool = True, last: bool = False) -> LabState:
    return LabState(name, f"All of {name}", passed + len(left), left, begun, last)


def test_a_learner_who_comes_for_the_first_time_begins_with_the_first_lab() -> None:
    labs = state.labs([])

    assert state.next_lab(labs).name == "00_preflight"
    assert "Begin the course" in page.render(labs, [], "/", NOW)


def test_progress_is_what_the_log_says() -> None:
    labs = {one.name: one for one in state.labs(passed("03_normalizer", "key", "clean"))}

    one = labs["03_normalizer"]
    assert (one.passed, one.exercises, one.begun) == (2, len(load("03_normalizer").exercises), True)
    assert one.left[0] == "relay"
    assert not labs["02_gateway"].begun


def test_a_learner_goes_on_where_they_were_and_not_with_what_they_left_out_before() -> None:
    labs = [lab("00_a", "left_out", passed=3), lab("01_b", "next", passed=1, last=True), lab("02_c", "x", begun=False)]

    assert state.next_lab(labs).name == "01_b"
    shown = page.render(labs, [], "/", NOW)
    assert "1 of 2 exercises passed; next is <code>next</code>" in shown
    assert "Go on" in shown


def test_after_a_lab_comes_the_first_that_is_not_done() -> None:
    labs = [lab("00_a", passed=3), lab("01_b", passed=1, last=True), lab("02_c", "x", begun=False)]

    assert state.next_lab(labs).name == "02_c"


def test_who_has_passed_everything_is_told() -> None:
    assert "You have passed every exercise" in page.render([lab("00_a", passed=3, last=True)], [], "/", NOW)


def test_only_a_server_that_runs_has_a_link_and_it_stays_below_jupyterlabs_own_address() -> None:
    servers = [
        ServerState("temporal", running=True, title="Temporal UI", page="/user/anna/ui-temporal/"),
        ServerState("minio", running=False, title="MinIO console", page="/user/anna/ui-minio/", login="`A` and `B`"),
        ServerState("kafka", running=True),
    ]

    shown = page.render([lab("00_a", "x")], servers, "/user/anna/", NOW)

    assert '<a href="/user/anna/ui-temporal/" target="_blank">Temporal UI</a>' in shown
    assert "/user/anna/ui-minio/" not in shown
    assert "<code>A</code> and <code>B</code>" in shown
    assert 'href="/user/anna/lab/tree/labs/00_a.ipynb"' in shown


def test_the_page_loads_nothing_from_elsewhere() -> None:
    shown = page.render(state.labs([]), state.servers("/"), "/", NOW)

    assert "http://" not in shown
    assert "https://" not in shown
    assert " src=" not in shown
