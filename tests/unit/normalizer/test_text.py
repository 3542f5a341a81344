from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.errors import NormalizationError
from services.normalizer.text import PLACEHOLDERS, optional_text, required_text

blanks = st.text(alphabet=" \t\n", max_size=3)
cases = st.sampled_from([str.lower, str.upper, str.title])


@given(st.sampled_from(sorted(PLACEHOLDERS)), blanks, blanks, cases)
def test_a_placeholder_is_nothing_in_any_case_and_with_any_white_space(
    word: str, before: str, after: str, case: Callable[[str], str]
) -> None:
    text = before + case(word) + after
    assert optional_text("field", text) is None
    with pytest.raises(NormalizationError, match=r"^field: is required"):
        required_text("field", text)


@given(st.text(alphabet=st.characters(exclude_characters="\x00")))
def test_any_other_text_is_kept_but_for_surrounding_white_space(text: str) -> None:
    kept = optional_text("field", text)
    assert kept == text.strip() or (kept is None and text.strip().lower() in PLACEHOLDERS)


@given(st.text(), st.text())
def test_a_nul_inside_is_refused(before: str, after: str) -> None:
    with pytest.raises(NormalizationError, match=r"^field: holds a NUL"):
        optional_text("field", f"{before}\x00{after}")


def test_the_country_code_of_namibia_is_no_placeholder() -> None:
    assert optional_text("field", "NA") == "NA"


def test_null_is_nothing() -> None:
    assert optional_text("field", None) is None
