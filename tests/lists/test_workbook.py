"""Lists in workbooks are read as lists in CSV are."""

from __future__ import annotations

import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dialconsole.lists import workbook
from dialconsole.lists.reading import CallList, open_list
from dialconsole.model.contact import Contact, RejectedRow
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import ConsentBasis
from kit.xlsx import Cell, write_xlsx
from kit.zoning import NOW, FewZones

HEADER: tuple[Cell, ...] = ("name", "phone", "zip", "consent", "consent date", "note")


def opened(path: Path, sheet: str | None = None, **columns: str) -> CallList:
    return open_list(path, zoning=FewZones(), now=NOW, columns=columns, sheet=sheet)


def refused(path: Path, sheet: str | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        opened(path, sheet)
    return caught.value


def test_cells_mean_what_they_show(tmp_path: Path) -> None:
    """Numbers without their point, a ZIP code with its zero again, days as days, a line break as a space."""
    rows = [HEADER, ("Ann", 2125550143.0, 2134, True, date(2025, 3, 4), "late;\nor, “early”")]
    [contact] = opened(write_xlsx(tmp_path / "list.xlsx", {"Leads": rows})).rows()
    assert isinstance(contact, Contact)
    assert (contact.line, contact.number, contact.name) == (2, "+12125550143", "Ann")
    assert contact.jurisdictions == ("US-MA", "US-NY")
    assert contact.variables == {"zip": "2134", "note": "late; or, “early”"}
    assert contact.facts.consent is ConsentBasis.ORAL
    assert contact.facts.consent_at == datetime(2025, 3, 4, tzinfo=UTC).timestamp()


def test_lines_are_rows_of_the_sheet(tmp_path: Path) -> None:
    """So that a person finds a rejected row again: rows above the header and blank ones count."""
    rows: list[tuple[Cell, ...]] = [("phone",), ("212-555-0143",), (), ("call me",)]
    first, last = opened(write_xlsx(tmp_path / "list.xlsx", {"Leads": rows}, first_row=4)).rows()
    assert (first.line, last.line) == (5, 7)
    assert isinstance(last, RejectedRow)


def test_the_first_sheet_or_the_one_that_is_named(tmp_path: Path) -> None:
    """What is not read is said; a name in other case is found, and a wrong one answered with what there is."""
    path = write_xlsx(
        tmp_path / "list.xlsx", {"Leads": [("phone",), ("212-555-0143",)], "Old [b]": [("tel",), ("312-555-0143",)]}
    )
    assert [row.number for row in opened(path).rows() if isinstance(row, Contact)] == ["+12125550143"]
    assert opened(path).notes[0] == "Read from the sheet “Leads” of the workbook; the others are not read: “Old [b]”."
    assert [row.number for row in opened(path, " old [B]").rows() if isinstance(row, Contact)] == ["+13125550143"]
    assert refused(path, "Leeds").sentence == (
        "list.xlsx has no sheet “Leeds”. Did you mean “Leads”? Its sheets are: “Leads”, “Old [b]”."
    )


def test_how_far_it_is(tmp_path: Path) -> None:
    """The share of the rows that were read."""
    path = write_xlsx(tmp_path / "list.xlsx", {"Leads": [("phone", "x"), *[("212-555-0143", "y" * 90)] * 2000]})
    call_list = opened(path)
    rows = call_list.rows()
    next(rows)
    assert 0 < call_list.share_read < 0.5
    assert sum(1 for _ in rows) == 1999
    assert call_list.share_read == 1.0


def test_a_sheet_is_asked_of_a_workbook_only(tmp_path: Path) -> None:
    """A CSV file has none."""
    path = tmp_path / "list.csv"
    path.write_text("phone\n212-555-0143\n")
    assert refused(path, "Leads").sentence == "list.csv is no workbook, so it has no sheets; leave --sheet out."


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence has the command that installs it."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = write_xlsx(tmp_path / "list.xlsx", {"Leads": [("phone",), ("212-555-0143",)]})
    assert "pip install 'dialconsole[xlsx]'" in refused(path).sentence


def test_what_is_damaged_or_foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off, broken inside, another archive, an old or encrypted workbook, an empty or a monstrous one: sentences."""
    whole = write_xlsx(tmp_path / "list.xlsx", {"Leads": [("phone",), ("212-555-0143",)]})
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole.read_bytes()[:-40])
    assert "cut.xlsx is a damaged workbook or ZIP archive" in refused(cut).sentence
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"<worksheet><row" if "sheet1" in part else old.read(part))
    assert "broken.xlsx is a damaged workbook" in refused(broken).sentence
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "a")
    assert "another ZIP archive" in refused(archive).sentence
    old_file = tmp_path / "old.xls"
    old_file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "old Excel workbook (.xls), or one that is protected by a password" in refused(old_file).sentence
    assert "is blank" in refused(write_xlsx(tmp_path / "blank.xlsx", {"Leads": []})).sentence
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 100)
    assert "it is no call list" in refused(whole).sentence
