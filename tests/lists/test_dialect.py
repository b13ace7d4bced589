"""Which character separates the columns."""

from __future__ import annotations

import io

import pytest

from dialconsole.lists.dialect import DELIMITERS, Dialect, detect_dialect


def detect(text: str, *mapped: str) -> Dialect:
    return detect_dialect(io.StringIO(text, newline=""), mapped)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_each_delimiter(delimiter: str) -> None:
    """Commas, semicolons, tabs and bars are told apart, whichever of the others stand in the cells."""
    others = "".join(d for d in DELIMITERS if d != delimiter)
    rows = [["name", "phone", "note"], ["Ann", "2125550143", others], ["Bob", "2125550144", others * 2]]
    assert detect("\n".join(delimiter.join(row) for row in rows)).delimiter == delimiter


def test_commas_in_cells_of_a_semicolon_list() -> None:
    """Decimal commas and "Smith, John" do not make a comma list."""
    assert detect("name;phone;due\nSmith, John;2125550143;1,50\nLee, Ann;2125550144;2,75\n").delimiter == ";"


def test_a_list_without_a_header() -> None:
    """Cells that are a number and nothing else show where the columns end."""
    assert detect("Smith, John;212-555-0143\nLee, Ann;212-555-0144\n").delimiter == ";"


def test_one_column() -> None:
    """A list of numbers only has no delimiter; it is read as commas."""
    assert detect("phone\n212-555-0143\n").delimiter == ","


def test_a_mapped_name_counts() -> None:
    """A name given by hand shows the delimiter as a known one does."""
    assert detect("Kunde, neu;Privat\nAnn, Lee;x\n", "Privat").delimiter == ";"


def test_excels_own_line() -> None:
    """``sep=;`` is obeyed and is no row; the lines behind it keep their numbers."""
    dialect = detect("sep=;\r\nphone;a,b,c\r\n2125550143;1,2,3\r\n")
    assert dialect.delimiter == ";"
    assert [record.line for record in dialect.sample] == [2, 3]


def test_ragged_rows_do_not_mislead() -> None:
    """A few rows of another width change nothing."""
    text = "phone,name\n" + "2125550143,Ann\n" * 5 + "2125550144,Bob;x;y;z;w\n"
    assert detect(text).delimiter == ","


def test_nothing_at_all() -> None:
    """An empty text is some dialect without records."""
    assert [record.cells for record in detect("\n\n").sample] == [[], []]
