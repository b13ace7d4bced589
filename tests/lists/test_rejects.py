"""Rejected rows as a file that is safe to open."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.reading import open_list
from dialconsole.lists.rejects import HEADER, write_rejects
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
    """Rows from the ledger, which kept no header, still get one."""
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
