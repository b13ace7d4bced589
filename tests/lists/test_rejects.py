"""Rejected rows as a file that is safe to open."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.reading import open_list
from dialconsole.lists.rejects import HEADER, write_rejects, write_rejects_of
from dialconsole.model.contact import Contact, RejectedRow, RowFault
from kit.zoning import NOW, FewZones


def exported(rows: list[RejectedRow], *columns: str) -> list[list[str]]:
    text = io.StringIO(newline="")
    assert write_rejects(text, rows, columns) == len(rows)
    return list(csv.reader(io.StringIO(text.getvalue(), newline="")))


def rejected(*cells: str) -> RejectedRow:
    return RejectedRow(4, RowFault.NOT_A_NUMBER, "“x” is not a phone number.", cells)


def test_line_and_reason_stand_before_the_row() -> None:
    """The file has the list's own columns behind line, fault and reason."""
    assert exported([rejected("x", "Ann")], "phone", "name") == [
        [*HEADER, "phone", "name"],
        ["4", "not_a_number", "“x” is not a phone number.", "x", "Ann"],
    ]


def test_unknown_columns_are_numbered() -> None:
    """Rows of a list whose header is not known still get one."""
    assert exported([rejected("x", "Ann")])[0] == [*HEADER, "column 1", "column 2"]


def test_nothing_rejected_is_a_header() -> None:
    """An empty export says that it is one."""
    assert exported([], "phone") == [[*HEADER, "phone"]]


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=6), max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_cell_is_a_formula(cells: list[str], columns: list[str]) -> None:
    """Neither in rows nor in the header does a cell begin as a formula does."""
    for row in exported([rejected(*cells)], *columns):
        assert not [cell for cell in row if cell.lstrip(" \u00a0").startswith(tuple("=+-@\t\r\n"))]


def test_a_mended_export_can_be_imported(tmp_path: Path) -> None:
    """The phone column of an export is found again, with a quoted plus read as a plus."""
    path = tmp_path / "rejects.csv"
    with path.open("w", newline="") as stream:
        write_rejects(stream, [rejected("+1 212 555 0143", "=Ann")], ("phone", "name"))
    [row] = open_list(path, zoning=FewZones(), now=NOW).rows()
    assert isinstance(row, Contact)
    assert row.number == "+12125550143"


def test_rows_of_several_lists_stand_under_their_own_names() -> None:
    """Lists of one campaign need not have the same columns; what was such a file itself does not get a second line."""
    text = io.StringIO(newline="")
    first, second, mended = ("phone", "name"), ("Name", "phone", "zip"), (*HEADER, "phone", "name")
    rows = [
        (first, rejected("x", "Ann", "too many")),
        (second, rejected("Bo", "y")),
        (mended, rejected("4", "not_a_number", "why", "z", "Cy")),
    ]
    assert write_rejects_of(text, [first, second, mended], rows) == 3
    header, *written = csv.reader(io.StringIO(text.getvalue(), newline=""))
    assert header == [*HEADER, "phone", "name", "Name", "zip"]
    assert [row[3:] for row in written] == [
        ["x", "Ann", "", "", "too many"],
        ["y", "", "Bo", ""],
        ["z", "Cy", "", ""],
    ]


def test_lists_whose_names_are_not_known_are_numbered() -> None:
    """As they were before the ledger kept them."""
    text = io.StringIO(newline="")
    assert write_rejects_of(text, [()], [((), rejected("x", "Ann"))]) == 1
    assert next(csv.reader(io.StringIO(text.getvalue(), newline="")))[3:] == ["column 1", "column 2"]
