"""Full lists of the FTC."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.registry.full import parse_full
from dialconsole.compliance.registry.sources import Block
from dialconsole.model.errors import Problem

SHAPES = ("{0:03},{1:07}\n", "{0:03},{1:07}\r\n", "{0:03}{1:07}\n", "{0:03}{1:07}\r\n", "\n", " {0:03},{1:07}  \n")
NUMBERS = st.tuples(st.integers(200, 999), st.integers(0, 9_999_999))


def parsed(text: str) -> list[int]:
    numbers: list[int] = parse_full(Block(content=text.encode(), name="full.txt", first_line=1, read=0)).tolist()
    return numbers


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NUMBERS, st.sampled_from(SHAPES))), st.none() | st.sampled_from(SHAPES[:4]))
def test_every_number_is_read_in_order(lines: list[tuple[tuple[int, int], str]], one_shape: str | None) -> None:
    """In each of the shapes, all lines alike or mixed; blank lines and spaces do not matter."""
    text = "".join((one_shape or shape).format(*number) for number, shape in lines)
    expected = [code * 10**7 + line for (code, line), shape in lines if one_shape or shape != "\n"]
    assert parsed(text) == expected


@pytest.mark.parametrize(
    "bad",
    """
    201,555010|201,55501000|201;5550100|201,555-0100|100,5550100|000,0000000|201555010|x
    +12015550100|12015550100|(201) 555-0100|201,5550100,A|２01,5550100|"201","5550100"
    """.strip()
    .replace("\n    ", "|")
    .split("|"),
)
def test_one_line_that_is_no_number_refuses_the_file(bad: str) -> None:
    """A line that is skipped would be a person who is called. The line is named."""
    text = "201,5550100\n201,5550101\n" + bad + "\n201,5550102\n"
    with pytest.raises(Problem, match=r"full\.txt is no full list of the registry: line 3 is") as caught:
        parsed(text)
    assert caught.value.sentence.endswith("Nothing was replaced.")


def test_a_whole_block_of_impossible_area_codes_is_refused() -> None:
    """Lines of the right shape whose first digit is 0 or 1 have no bit."""
    with pytest.raises(Problem, match="line 2 is"):
        parsed("201,5550100\n123,5550100\n")


@pytest.mark.parametrize(
    "header",
    ["phone,name,appointment", "First Name,Last Name,Mobile Number", "account;customer;telephone;time zone", "Email"],
)
def test_a_call_list_given_by_mistake_is_recognised(header: str) -> None:
    """Its header row names people; the sentence says what to do with it."""
    with pytest.raises(Problem, match="looks like a call list, not like a registry") as caught:
        parsed(header + "\n(201) 555-0100,Ann,Friday\n")
    assert "dialconsole list import" in caught.value.sentence


def test_what_a_file_says_is_safe_to_show() -> None:
    """A hostile line is quoted without its escapes, and not at length."""
    with pytest.raises(Problem) as caught:
        parsed("\x1b]52;c;evil\x07" + "A" * 10_000 + "\n")
    assert "\x1b" not in caught.value.sentence
    assert len(caught.value.sentence) < 400
