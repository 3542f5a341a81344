import re

from labkit.outcome import Fault, Outcome, Verdict
from labkit.panel import Panel, Tone


def test_a_panel_has_a_plain_and_an_html_form() -> None:
    bundle = Panel("Title", lines=("ask `lab.hint`",), facts={"offset": "7"}).bundle()

    assert bundle["text/plain"] == "Title\n  ask `lab.hint`\n    offset: 7"
    assert "<code>lab.hint</code>" in bundle["text/html"]


def test_colours_are_jupyters_theme_variables_so_that_dark_mode_works() -> None:
    html = Panel("t", Tone.BAD, lines=("l",), facts={"a": "b"}, table=(("h",), ("c",)), code="x").html()

    for colour in re.findall(r"(?:color|background|border-left):([^;\"]+)", html):
        assert "var(--jp-" in colour or colour == "none"


def test_what_a_panel_shows_is_escaped() -> None:
    html = Panel("<b>", lines=("<script>",), facts={"<i>": "<u>"}, table=(("<p>",),), code="<pre>x").html()

    assert not re.search(r"<(b|script|i|u|p)>", html)


def test_a_table_is_aligned_in_plain_text() -> None:
    assert Panel("t", table=(("name", "v"), ("kafka", "4"))).text() == "t\n  name   v\n  kafka  4"


def test_a_verdict_says_whose_fault_it_is() -> None:
    verdict = Verdict("sign", Outcome.COULD_NOT_CHECK, "Kafka does not answer", Fault.SERVER)

    assert (
        verdict.panel().text()
        == "sign: ? platform problem\n  Kafka does not answer\n  Where to look: a server that is down."
    )
