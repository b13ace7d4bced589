"""Lists of states: numbers in any layout."""

from __future__ import annotations

import pytest

from dialconsole.compliance.registry.sources import Block
from dialconsole.compliance.registry.state import StateReader
from dialconsole.model.errors import Problem


def read(text: str) -> list[int]:
    reader = StateReader("fl.csv")
    found = reader.parse(Block(content=text.encode(), name="fl.csv", first_line=1, read=0))
    reader.finish()
    assert reader.rows == len(found)
    return found.tolist()


@pytest.mark.parametrize(
    "line",
    [
        "2015550100",
        "(201) 555-0100",
        "+1 201-555-0100",
        "1-201-555-0100",
        "201.555.0100",
        "(201) 555 - 0100",
        "201/555-0100",
        "201-555 -0100",
        "+1 (201)  555--0100",
        "201,5550100",
        '"201","5550100"',
        "201\t555\t0100",
        "FL,2015550100,2024-05-01,N",
        "00017  2015550100 20240501",
    ],
)
def test_a_number_is_found_wherever_it_stands(line: str) -> None:
    """In one column or two, with any punctuation, in CSV and in fixed-width files."""
    assert read(line + "\n") == [2_015_550_100]


def test_several_numbers_on_a_line_are_all_taken() -> None:
    """Home and mobile: neither is called."""
    assert read("2015550100,2015550101\n") == [2_015_550_100, 2_015_550_101]


@pytest.mark.parametrize("line", ["0015550100", "2010550100", "201555010", "20155501001", "x"])
def test_what_is_no_number_is_not_taken(line: str) -> None:
    """Area codes and exchanges begin with 2 to 9, and there are ten digits."""
    with pytest.raises(Problem, match="has no ten-digit number in it"):
        read(line + "\n")


def test_a_header_and_a_footer_do_not_matter() -> None:
    """One line in ten may hold no number."""
    body = "".join(f"201555{n:04}\n" for n in range(100, 130))
    assert len(read("Area Code and Phone\n" + body + "end of file\n\n")) == 30


def test_a_file_with_few_numbers_is_another_kind_of_file() -> None:
    """The first line without one is named."""
    text = "2015550100\n" + "nothing here\n" * 3 + "2015550101\n" * 10
    with pytest.raises(Problem, match="3 of its 14 lines have no ten-digit number, line 2 first"):
        read(text)


@pytest.mark.parametrize("header", ["phone,name,appointment", "Customer;Telephone", "Last_Name\tPhone"])
def test_a_call_list_is_refused_by_its_header(header: str) -> None:
    """Although every other line of it has a number."""
    with pytest.raises(Problem, match="looks like a call list"):
        read(header + "\n" + "(201) 555-0100,Ann\n" * 50)
