"""The lists that come with the program are what their script makes, and read as intended."""

from __future__ import annotations

import re
import runpy
import unicodedata
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dialconsole.engine.demo import DEMO_START
from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.reading import CallList, open_list
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, RowFault
from dialconsole.model.purpose import ConsentBasis
from dialconsole.resources import folder
from dialconsole.telephony.fake.patterns import PATTERNS, pattern_of

LISTS = folder("sample_lists")
NAMES = ("clinic_reminders.csv", "survey_small.csv", "arrears.csv", "numbers.csv", "hostile.csv")


class WithoutPoints(ZoningByCompliance):
    def at(self, lat: float, lng: float) -> str | None:
        raise AssertionError("no sample list needs the zone data of the whole world")


def opened(name: str) -> CallList:
    return open_list(LISTS / name, zoning=WithoutPoints(), now=DEMO_START.timestamp())


def contacts(name: str) -> list[Contact]:
    rows = list(opened(name).rows())
    assert not [row for row in rows if not isinstance(row, Contact)]
    return [row for row in rows if isinstance(row, Contact)]


def test_the_scripts_make_the_committed_files(tmp_path: Path) -> None:
    """Running the scripts again changes nothing."""
    tools = Path(__file__).parent.parent.parent / "tools"
    for script in ("make_sample_lists.py", "make_hostile_list.py"):
        runpy.run_path(str(tools / script))["write_all"](tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(NAMES)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == (LISTS / name).read_bytes(), f"{name}: run its script again"


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
    assert set(patients[0].variables) == {"appointment", "doctor", "language", "zip", "state"}
    assert 1 <= sum(pattern_of(patient.number) is not None for patient in patients) <= 12
    assert len({patient.name for patient in patients}) == 300


def test_the_clinic_knows_where_its_patients_live_and_what_they_consented_to() -> None:
    """Nearly all live where their number is from; some moved, a few rows were mixed up, a few have no consent."""
    patients = contacts("clinic_reminders.csv")
    consent = Counter(patient.facts.consent for patient in patients)
    assert consent[ConsentBasis.WRITTEN] > 200
    assert min(consent[basis] for basis in ConsentBasis) >= 4
    assert all(
        (patient.facts.consent_at is None) is (patient.facts.consent is ConsentBasis.UNKNOWN) for patient in patients
    )
    assert 3 <= sum(bool(patient.contradictions) for patient in patients) <= 10
    assert {len(sentence) > 20 for patient in patients for sentence in patient.contradictions} == {True}
    assert sum(len(patient.jurisdictions) > 1 for patient in patients) < 30
    assert all(p.facts.consent is ConsentBasis.WRITTEN for p in patients if pattern_of(p.number))
    assert not [patient for patient in patients if not patient.jurisdictions]


def test_the_survey_is_small_and_has_names_in_two_columns() -> None:
    """30 contacts whose names were put together, customers of the last year, none with a fixed outcome."""
    people = contacts("survey_small.csv")
    bought = [DEMO_START.timestamp() - (person.facts.last_purchase or 0.0) for person in people]
    assert 0 < min(bought) < max(bought) < 366 * 86_400
    assert len(people) == 30
    assert all(" " in person.name for person in people)
    assert not [person for person in people if pattern_of(person.number)]


def test_the_arrears_wait_for_the_west() -> None:
    """120 contacts with a zone column, all where it is before 9:00 when the demo starts at 10:10 in the East."""
    customers = contacts("arrears.csv")
    assert len(customers) == 120
    hours = [min(DEMO_START.astimezone(ZoneInfo(zone)).hour for zone in customer.zones) for customer in customers]
    assert max(hours) < 9
    assert not [customer for customer in customers if customer.contradictions]
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
    assert {row.fault for row in rows if isinstance(row, RejectedRow)} == set(RowFault) - {RowFault.DO_NOT_CALL}
    assert isinstance(rows[-1], Contact)


def test_odd_places_are_read_or_said() -> None:
    """Damaged ZIP codes are mended; contradictions and unreadable cells come with a sentence, and the row stays."""
    odd = {row.variables["note"]: row for row in opened("hostile.csv").rows() if isinstance(row, Contact)}
    for note in ("a ZIP code that lost its zero", "a ZIP code with four more digits",
                 "a ZIP code through a numeric column"):  # fmt: skip
        assert (odd[note].jurisdictions, odd[note].contradictions) == (("US-MA", "US-NY"), ()), note
    assert odd["state and ZIP code contradict each other"].jurisdictions == ("US-FL", "US-NY", "US-WA")
    assert odd["zone and ZIP code contradict each other"].contradictions
    assert len(odd["no ZIP code and no state"].contradictions) == 1
    assert odd["a state with dots and spaces"].contradictions == ()


def test_nothing_hostile_is_left() -> None:
    """No control, escape, bidi or overlong text comes out of the hostile list, in contacts, rows or reasons."""
    texts: list[str] = list(opened("hostile.csv").notes)
    for row in opened("hostile.csv").rows():
        if isinstance(row, Contact):
            texts += [row.name, *row.variables, *row.variables.values(), *row.contradictions]
        elif isinstance(row, RejectedRow):
            texts += [row.reason, *row.row]
    bad = [t for t in texts if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in t)]
    assert not bad
    assert {c for t in texts for c in t if unicodedata.category(c) == "Cf"} == {"\u200d"}
    assert max(map(len, texts)) <= 400
