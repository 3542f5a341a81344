from pathlib import Path

import pytest

from labkit import links


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "other.md").write_text("# One thing: `code`\n")
    return tmp_path / "page.md"


@pytest.mark.parametrize("target", ["other.md", "other.md#one-thing-code", "#here-too", "https://example.org/gone"])
def test_a_link_that_leads_somewhere_is_alive_and_nobody_asks_the_network(page: Path, target: str) -> None:
    page.write_text(f"## Here too\n[text]({target})\n")

    assert not list(links.dead(page, page.parent))


@pytest.mark.parametrize("target", ["another.md", "other.md#another-thing", "#there"])
def test_a_link_that_leads_nowhere_is_dead(page: Path, target: str) -> None:
    page.write_text(f"## Here too\n[text]({target})\n")

    assert list(links.dead(page, page.parent)) == [target]


def test_a_file_named_in_backticks_must_exist(page: Path) -> None:
    page.write_text("`services/gateway/signature.py`, `services/gateway/nothing.py`, `services/NAME`s")

    assert list(links.dead(page, page.parent)) == ["services/gateway/nothing.py", "services/NAME"]


def test_what_stands_in_code_is_no_link(page: Path) -> None:
    page.write_text("`[a](b)`\n```\n[c](d)\n```\n")

    assert links.links(page.read_text()) == []


def test_outer_links_are_listed_once_with_those_who_have_them(page: Path) -> None:
    page.write_text("[a](https://b.example/x) [c](https://a.example) [d](https://b.example/x)")

    found = links.external([page])

    assert links.listing(found) == "https://a.example  page.md\nhttps://b.example/x  page.md\n"
    assert links.malformed([*found, "http://a.example", "https://a", "htps://a.example"]) == [
        "http://a.example",
        "https://a",
        "htps://a.example",
    ]
