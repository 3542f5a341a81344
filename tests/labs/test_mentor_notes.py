"""The mentor's page on each lab names what the lab has: its exercises, its time, and what its checks say."""

import re
from pathlib import Path

from labkit import links, source
from labkit.spec import load

from . import catalogue

MENTOR = source.LABS / "mentor"
PARTS = ("Timing", "Mistakes", "Ask", "Discuss")
A_PAGE = 70


def page(lab_name: str) -> Path:
    return MENTOR / f"{lab_name}.md"


def section(lab_name: str, heading: str) -> str:
    _, _, rest = page(lab_name).read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def rows(lab_name: str, heading: str) -> list[list[str]]:
    """Return a section's table without its head."""
    lines = [line for line in section(lab_name, heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_each_lab_has_a_page_with_every_part_that_is_a_page_long(lab_name: str) -> None:
    text = page(lab_name).read_text(encoding="utf-8")

    assert [part for part in PARTS if not section(lab_name, part).strip()] == []
    assert text.startswith(f"# {lab_name[:2]} · ")
    assert len(text.splitlines()) <= A_PAGE


def test_the_parts_add_up_to_the_labs_own_time_and_each_exercise_has_some(lab_name: str) -> None:
    spec, parts = load(lab_name), rows(lab_name, "Timing")
    named = {name for what, _ in parts for name in re.findall(r"`(\w+)`", what)}

    assert sum(int(minutes) for _, minutes in parts) == spec.minutes
    assert {exercise.name for exercise in spec.exercises} <= named


def test_each_mistake_is_one_that_a_check_of_that_exercise_knows_by_these_words(lab_name: str) -> None:
    book, mistakes = catalogue.of(lab_name), rows(lab_name, "Mistakes")

    for exercise, says, _, _ in mistakes:
        parts = book.parts(exercise.strip("`"))
        words = says.strip('"')
        assert any(words in part or part in words for part in parts), (exercise, says)
    assert {exercise.strip("`") for exercise, *_ in mistakes} == {one.name for one in load(lab_name).exercises}


def test_there_are_questions_to_ask_and_points_to_discuss(lab_name: str) -> None:
    for heading in ("Ask", "Discuss"):
        assert len(re.findall(r"^- ", section(lab_name, heading), re.MULTILINE)) >= 2


def test_no_link_of_the_notes_leads_nowhere_and_the_first_page_leads_to_each_lab(lab_name: str) -> None:
    first = MENTOR / "README.md"

    assert not list(links.dead(page(lab_name), MENTOR))
    assert page(lab_name).name in links.links(links.text_of(first))
    assert not list(links.dead(first, MENTOR))
