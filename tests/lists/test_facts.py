"""Consent and earlier business of a row, and consent attested for a list."""

from __future__ import annotations

from calendar import timegm

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.columns import ColumnRole
from dialconsole.lists.facts import REMEMBERED, ROLES, FactReader
from dialconsole.lists.fault import Fault
from dialconsole.model.contact import RowFault
from dialconsole.model.facts import ContactFacts
from dialconsole.model.purpose import ConsentBasis, LineType
from kit.zoning import NOW

COLUMNS = {role: i for i, role in enumerate(ROLES)}
ATTESTED = ContactFacts(ConsentBasis.WRITTEN, NOW - 100, "attested by maria")
MAY = float(timegm((2025, 5, 6, 0, 0, 0)))


def reader(attested: ContactFacts | None = None) -> FactReader:
    return FactReader(COLUMNS, "US", NOW, attested)


def test_a_list_without_such_columns_says_nothing() -> None:
    """Or what is attested for all of it."""
    assert FactReader({ColumnRole.PHONE: 0}, "US", NOW).read(["2125550143"]) == ContactFacts()
    assert FactReader({ColumnRole.PHONE: 0}, "US", NOW, ATTESTED).read(["2125550143"]) == ATTESTED


def test_all_that_a_row_says() -> None:
    """Basis, day and source of a consent; the last purchase and the last inquiry."""
    row = [" Oral ", "5/6/2025", " by\tphone\x1b ", "2025-05-06", "6.5.2025"]
    assert reader(ATTESTED).read(row) == ContactFacts(ConsentBasis.ORAL, MAY, "by phone", MAY, MAY)


@pytest.mark.parametrize("word", ["none", "unknown", "oral"])
def test_a_word_of_the_row_is_above_one_for_the_whole_list(word: str) -> None:
    """Nobody can attest for who has said something else, not even for who is said to be unknown."""
    assert reader(ATTESTED).read([word, "", "", "", ""]) == ContactFacts(ConsentBasis(word))


def test_a_row_that_says_nothing_of_consent_is_attested_for() -> None:
    """With who attested it; a day of the row's own is kept, since it is the more exact, and so is its business."""
    assert reader(ATTESTED).read(["", "", "", "", ""]) == ATTESTED
    assert reader(ATTESTED).read(["n/a", "2025-05-06", "form", "2025-05-06"]) == ContactFacts(
        ConsentBasis.WRITTEN, MAY, "attested by maria", MAY
    )
    assert reader().read(["", "2025-05-06", "form"]) == ContactFacts(ConsentBasis.UNKNOWN, MAY, "form")


def test_that_there_is_no_consent_can_be_attested() -> None:
    """For a list that is known to hold strangers."""
    strangers = ContactFacts(ConsentBasis.NONE, None, "bought list")
    assert reader(strangers).read([""]) == strangers


def test_nobody_attests_purchases() -> None:
    """Only the consent of what is attested counts."""
    generous = ContactFacts(ConsentBasis.ORAL, NOW, "maria", NOW, NOW)
    assert reader(generous).read([]) == ContactFacts(ConsentBasis.ORAL, NOW, "maria")


@pytest.mark.parametrize("column", [1, 3, 4])
def test_a_day_to_come_is_a_fault(column: int) -> None:
    """Nobody consented, bought or asked tomorrow; today is where the day has begun first (NOW is 22 November)."""
    cells = [""] * 5
    cells[column] = "2025-11-24"
    fault = reader().read(cells)
    assert isinstance(fault, Fault)
    assert fault.fault is RowFault.BAD_DATE
    assert fault.reason.endswith("“2025-11-24” is still to come. Write when it was, or leave the cell empty.")
    cells[column] = "2025-11-22"
    assert isinstance(reader().read(cells), ContactFacts)


def test_the_same_cells_are_read_once() -> None:
    """A list that repeats its cells has one object for all, and one that does not fills no memory."""
    facts = reader()
    row = ["written", "2025-05-06", "web form", "", ""]
    assert facts.read(row) is facts.read(list(row))
    for i in range(REMEMBERED + 50):
        facts.read(["written", "", f"document {i}", "", ""])
    assert len(facts._read) == REMEMBERED


def test_overlong_cells_are_read_and_not_kept() -> None:
    """A source of 100 kB becomes a short text, and is not held for the next row."""
    facts = reader()
    found = facts.read(["written", "", "x" * 100_000, "", ""])
    assert isinstance(found, ContactFacts)
    assert len(found.consent_source) == 200
    assert not facts._read


WORDS = st.sampled_from(["", "written", "oral", "none", "unknown", "n/a", "perhaps", "revoked"]) | st.text(max_size=6)
DAYS = st.sampled_from(["", "2025-05-06", "5/6/2025", "31.02.2025", "2126-01-01", "soon"]) | st.text(max_size=6)


@given(st.tuples(WORDS, DAYS, st.text(max_size=6), DAYS, DAYS))
@settings(max_examples=400, deadline=None)
def test_attesting_never_overrules_nor_mends_a_row(cells: tuple[str, ...]) -> None:
    """With and without an attestation the same rows are faulty, and who said something of consent said the same."""
    alone, with_word = reader().read(cells), reader(ATTESTED).read(cells)
    if isinstance(alone, Fault) or isinstance(with_word, Fault):
        assert alone == with_word
        return
    assert (alone.last_purchase, alone.last_inquiry) == (with_word.last_purchase, with_word.last_inquiry)
    if alone.consent is not with_word.consent:
        assert alone.consent is ConsentBasis.UNKNOWN
        assert with_word.consent_source == ATTESTED.consent_source


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("Mobile", LineType.MOBILE),
        ("cell phone", LineType.MOBILE),
        ("wireless", LineType.MOBILE),
        ("Land-line", LineType.LANDLINE),
        ("fixed line", LineType.LANDLINE),
        ("VoIP", LineType.UNKNOWN),
        ("home", LineType.UNKNOWN),
        ("fixed line or mobile", LineType.UNKNOWN),
        ("", LineType.UNKNOWN),
    ],
)
def test_only_a_plain_word_says_what_kind_of_line_it_is(cell: str, line: LineType) -> None:
    """All else may be a mobile, whose rules are the stricter ones."""
    found = reader(ATTESTED).read(["", "", "", "", "", cell])
    assert isinstance(found, ContactFacts)
    assert found.line is line
