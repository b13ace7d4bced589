"""The lists that come with the program are what their script makes, and read as intended."""

from __future__ import annotations

import re
import runpy
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dialconsole.compliance import zones
from dialconsole.engine.demo import DEMO_START
from dialconsole.lists.reading import CallList, open_list
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, RowFault
from dialconsole.model.zone import NumberZones
from dialconsole.resources import folder
from dialconsole.telephony.fake.patterns import PATTERNS, pattern_of

LISTS = folder("sample_lists")
NAMES = ("clinic_reminders.csv", "survey_small.csv", "arrears.csv", "numbers.csv", "hostile.csv")


class RealZones:
    def of_number(self, e164: str) -> NumberZones:
        return zones.zones_of_number(e164)

    def valid(self, name: str) -> bool:
        return zones.valid_zone(name)

    def nearest(self, name: str) -> str | None:
        return zones.nearest_zone(name)

    def at(self, lat: float, lng: float) -> str | None:
        raise AssertionError("no sample list needs the zone data of the whole world")


def opened(name: str) -> CallList:
    return open_list(LISTS / name, zoning=RealZones())


def contacts(name: str) -> list[Contact]:
    rows = list(opened(name).rows())
    assert not [row for row in rows if not isinstance(row, Contact)]
    return [row for row in rows if isinstance(row, Contact)]


def test_the_script_makes_the_committed_files(tmp_path: Path) -> None:
    """Running the script again changes nothing."""
    script = Path(__file__).parent.parent.parent / "tools" / "make_sample_lists.py"
    runpy.run_path(str(script))["write_all"](tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(NAMES)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == (LISTS / name).read_bytes(), f"{name}: run {script.name} again"


@pytest.mark.parametrize("name", NAMES)
def test_only_fictional_numbers_are_called(name: str) -> None:
    """Every number that could ever be dialed is NPA-555-01xx, and stands in its list once."""
    numbers = [row.number for row in opened(name).rows() if isinstance(row, Contact)]
    assert numbers
    assert not [number for number in numbers if not re.fullmatch(r"\+1[2-9]\d\d55501\d\d", number)]
    assert len(set(numbers)) == len(numbers)


def test_the_clinic_has_patients_in_every_zone() -> None:
    """300 contacts, from Eastern to Hawaii, Arizona and Alaska among them, a handful with a fixed outcome."""
    patients = contacts("clinic_reminders.csv")
    assert len(patients) == 300
    found = {zone for patient in patients for zone in patient.zones}
    assert found >= {
        "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
        "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu",
    }  # fmt: skip
    assert set(patients[0].variables) == {"appointment", "doctor", "language"}
    assert 1 <= sum(pattern_of(patient.number) is not None for patient in patients) <= 12
    assert len({patient.name for patient in patients}) == 300


def test_the_survey_is_small_and_has_names_in_two_columns() -> None:
    """30 contacts whose names were put together, none with a fixed outcome."""
    people = contacts("survey_small.csv")
    assert len(people) == 30
    assert all(" " in person.name for person in people)
    assert not [person for person in people if pattern_of(person.number)]


def test_the_arrears_wait_for_the_west() -> None:
    """120 contacts with a zone column, all where it is before 9:00 when the demo starts at 10:10 in the East."""
    customers = contacts("arrears.csv")
    assert len(customers) == 120
    hours = [DEMO_START.astimezone(ZoneInfo(customer.zones[0])).hour for customer in customers]
    assert max(hours) < 9
    assert any("semicolons" in note for note in opened("arrears.csv").notes)


def test_one_number_for_each_pattern() -> None:
    """The list of outcomes covers the fake backend's patterns, in order, and names the same outcomes."""
    rows = contacts("numbers.csv")
    assert [(row.number[-2:], row.variables["outcome"]) for row in rows] == [(p.digits, p.outcome) for p in PATTERNS]


def test_each_hostile_row_becomes_what_it_says() -> None:
    """The first column tells what is to become of the row; nothing is lost behind the unclosed quotation mark."""
    rows = list(opened("hostile.csv").rows())
    for row in rows:
        if isinstance(row, Contact):
            assert row.variables["expected"] == "contact", row.line
        elif isinstance(row, RejectedRow):
            assert row.row[0] == row.fault, row.line
    assert sum(isinstance(row, Duplicate) for row in rows) == 2
    assert {row.fault for row in rows if isinstance(row, RejectedRow)} == set(RowFault)
    assert isinstance(rows[-1], Contact)


def test_nothing_hostile_is_left() -> None:
    """No control, escape, bidi or overlong text comes out of the hostile list, in contacts, rows or reasons."""
    texts: list[str] = list(opened("hostile.csv").notes)
    for row in opened("hostile.csv").rows():
        if isinstance(row, Contact):
            texts += [row.name, *row.variables, *row.variables.values()]
        elif isinstance(row, RejectedRow):
            texts += [row.reason, *row.row]
    bad = [t for t in texts if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in t)]
    assert not bad
    assert {c for t in texts for c in t if unicodedata.category(c) == "Cf"} == {"\u200d"}
    assert max(map(len, texts)) <= 300
