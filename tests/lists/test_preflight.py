"""What a list would do, counted before it is imported."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

from dialconsole.lists.preflight import EXAMPLES, Preflight, check_list
from dialconsole.lists.reading import open_list
from dialconsole.model.contact import RowFault, ZoneSource
from kit.zoning import CENTRAL, EASTERN, NOWHERE, FewZones

LIST = f"""phone,name
2125550143,Ann
(212) 555-0143,Ann again
2125550144,Bob
312-555-0145,Cem
{NOWHERE},Dee
800-555-0199,Eve
1,f
2,g
3,h
4,i
"""


def preflight(folder: Path, central: tuple[bool, float]) -> Preflight:
    path = folder / "list.csv"
    path.write_text(LIST)
    asked: list[tuple[str, ...]] = []

    def window_now(zones: tuple[str, ...]) -> tuple[bool, float]:
        asked.append(zones)
        return central if zones == (CENTRAL,) else (True, 900.0)

    report = check_list(open_list(path, zoning=FewZones()), window_now)
    assert sorted(asked) == [(CENTRAL,), (EASTERN,)]
    return report


def test_rows_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    """Contacts, duplicates and rejected rows add up to the rows; faults come with their first sentences."""
    report = preflight(tmp_path, (False, 600.0))
    assert (report.rows, report.contacts, report.duplicates, report.rejected) == (10, 4, 1, 5)
    assert [(f.fault, f.rows) for f in report.faults] == [(RowFault.NOT_A_NUMBER, 4), (RowFault.NOT_CALLABLE, 1)]
    assert [example.line for example in report.faults[0].examples] == [8, 9, 10]
    assert len(report.faults[0].examples) == EXAMPLES
    assert report.zone_sources == {ZoneSource.NUMBER: 4}


def test_contacts_are_counted_by_zone_and_window(tmp_path: Path) -> None:
    """Each zone set asks for its window once; an unknown zone is never open."""
    report = preflight(tmp_path, (False, 600.0))
    assert [(z.zones, z.contacts, z.open, z.changes_at) for z in report.zones] == [
        ((EASTERN,), 2, True, 900.0),
        ((CENTRAL,), 1, False, 600.0),
        ((), 1, False, None),
    ]
    assert (report.open_now, report.opens_later, report.unknown) == (2, 1, 1)


@pytest.mark.parametrize("central", [(False, math.inf), (True, math.inf)])
def test_a_window_without_an_end(tmp_path: Path, central: tuple[bool, float]) -> None:
    """A window that never opens counts as unknown, and no infinity reaches JSON."""
    report = preflight(tmp_path, central)
    assert report.open_now + report.opens_later + report.unknown == report.contacts
    assert report.unknown == (1 if central[0] else 2)
    assert report.zones[1].changes_at is None
    assert msgspec.json.decode(msgspec.json.encode(report), type=Preflight) == report


def test_notes_come_along(tmp_path: Path) -> None:
    """How the file was understood belongs to the preflight, with what was odd in its rows."""
    path = tmp_path / "list.csv"
    path.write_text("phone,name\n2125550143 x5,Ann\n")
    report = check_list(open_list(path, zoning=FewZones()), lambda _: (True, 0.0))
    assert any("UTF-8" in note for note in report.notes)
    assert any("extension" in note for note in report.notes)
