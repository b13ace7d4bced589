"""What is wrong with real lists, and what becomes of it; read with the program's own knowledge of places."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.reading import open_list
from dialconsole.model.contact import Contact, RejectedRow, Row, RowFault

NOW = datetime(2026, 3, 3, 17, tzinfo=UTC).timestamp()
HEADER = "phone,state,zip,timezone,consent,consent date"


def read(folder: Path, row: str) -> Row:
    path = folder / "list.csv"
    path.write_text(f"{HEADER}\n212-555-0143,{row}\n", "utf-8")
    [found] = open_list(path, zoning=ZoningByCompliance(), now=NOW).rows()
    return found


@pytest.mark.parametrize(
    ("row", "fault", "says"),
    [
        (",,,written,2026-02-30", RowFault.BAD_DATE, "is a day that does not exist"),
        (",,,written,13/45/2025", RowFault.BAD_DATE, "is a day that does not exist"),
        (",,,written,2026-03-05", RowFault.BAD_DATE, "is still to come"),
        (",,America/New_Yrok,,", RowFault.BAD_ZONE, "Did you mean America/New_York?"),
        (",,EST,,", RowFault.BAD_ZONE, "Did you mean America/New_York?"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, row: str, fault: RowFault, says: str) -> None:
    """Days that do not exist or are still to come, and zones with a typo: with the nearest name."""
    found = read(tmp_path, row)
    assert isinstance(found, RejectedRow)
    assert found.fault is fault
    assert says in found.reason


@pytest.mark.parametrize("cell", ["2134", "02134", "02134-1234", "2134-1234", "021341234", "2134.0", "'02134"])
def test_zip_codes_as_spreadsheets_leave_them(tmp_path: Path, cell: str) -> None:
    """With +4, and with the zero that got lost: all of them are in Massachusetts."""
    found = read(tmp_path, f",{cell},,,")
    assert isinstance(found, Contact)
    assert found.jurisdictions == ("US-MA", "US-NY")
    assert found.contradictions == ()


@pytest.mark.parametrize("cell", ["FL", "fl", "Fl.", "Florida", "FLORIDA", " florida "])
def test_states_in_any_case(tmp_path: Path, cell: str) -> None:
    """Names and abbreviations."""
    found = read(tmp_path, f"{cell},,,,")
    assert isinstance(found, Contact)
    assert found.jurisdictions == ("US-FL", "US-NY")


def test_columns_that_contradict_each_other_all_count(tmp_path: Path) -> None:
    """State FL, ZIP code in Washington: the union, and a sentence for the preflight."""
    found = read(tmp_path, "FL,98101,,,")
    assert isinstance(found, Contact)
    assert found.jurisdictions == ("US-FL", "US-NY", "US-WA")
    assert "America/Los_Angeles" in found.zones
    assert found.contradictions[0].startswith("The state is Florida, but ZIP code 98101 is in Washington")
