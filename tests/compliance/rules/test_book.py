"""Which rows bind, who decides a day, and what happens when the calendar or the files change."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from dialconsole.compliance.calendar import Calendar
from dialconsole.compliance.rules import book as book_module
from dialconsole.compliance.rules.book import FOLDER, RuleBook
from dialconsole.compliance.rules.bound import BoundRules
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)


def bound(
    *places: str,
    purpose: Purpose = Purpose.MARKETING,
    voice: Voice = Voice.AI,
    line: LineType = LineType.UNKNOWN,
    book: RuleBook | None = None,
) -> BoundRules:
    return (book or RuleBook.read()).rules_for(places, purpose, voice, line)


def ids(rules: BoundRules) -> list[str]:
    return [row.id for row in rules.rows]


@pytest.mark.parametrize(
    ("places", "purpose", "voice", "rows"),
    [
        (("US-CO",), Purpose.MARKETING, Voice.AI, ["US"]),
        (("US-LA",), Purpose.MARKETING, Voice.HUMAN, ["US", "US-LA"]),
        (("US-LA",), Purpose.SURVEY, Voice.AI, ["US", "US-home"]),
        (("US-ME",), Purpose.SURVEY, Voice.AI, ["US", "US-home", "US-ME"]),
        (("US-ME",), Purpose.MARKETING, Voice.HUMAN, ["US"]),
        (("US-MA",), Purpose.DEBT_COLLECTION, Voice.HUMAN, ["US", "US-debt", "US-MA-debt"]),
        (("US-FL", "US-LA"), Purpose.MARKETING, Voice.AI, ["US", "US-FL", "US-LA"]),
        (("CA-QC",), Purpose.POLITICAL, Voice.HUMAN, ["CA"]),
        (("CA-ON", "US-NY"), Purpose.MARKETING, Voice.AI, ["CA", "US", "US-NY"]),
        (("GB-SCT",), Purpose.INFORMATIONAL, Voice.AI, ["GB"]),
    ],
)
def test_rows_bind_by_place_and_kind_of_call(
    places: tuple[str, ...], purpose: Purpose, voice: Voice, rows: list[str]
) -> None:
    """Telemarketing laws bind sales, laws on machines an artificial voice, federal law everybody."""
    assert ids(bound(*places, purpose=purpose, voice=voice)) == rows


def test_a_country_alone_keeps_the_rules_of_all_its_states() -> None:
    """Who does not know the state cannot know that Louisiana's rules do not bind."""
    rules = bound("US")
    assert {"US", "US-LA", "US-ME", "US-TX", "US-FL"} <= set(ids(rules))
    assert rules.hours_on(SUNDAY).empty


def test_the_row_that_decides_a_day_is_named() -> None:
    """The latest to open, the earliest to close; a row that forbids the day is both."""
    day = bound("US-KY", "US-FL").hours_on(MONDAY)
    assert (day.opens, day.closes) == (10 * 3600, 20 * 3600)
    assert day.opener is not None
    assert day.closer is not None
    assert (day.opener.id, day.closer.id) == ("US-KY", "US-FL")
    sunday = bound("US-KY", "US-LA").hours_on(SUNDAY)
    assert sunday.empty
    assert sunday.closer is not None
    assert sunday.closer.tag == "US-LA v1"


def test_a_holiday_has_its_name() -> None:
    """For the evidence; in Nebraska it opens later, and on ordinary Thursdays it has none."""
    rules = bound("US-NE")
    day = rules.hours_on(date(2026, 11, 26))
    assert (day.opens, day.holiday) == (13 * 3600, "Thanksgiving Day")
    assert rules.hours_on(date(2026, 11, 19)).holiday == ""


@pytest.mark.parametrize(
    ("place", "purpose", "voice", "line", "basis", "row"),
    [
        ("US-CO", Purpose.MARKETING, Voice.AI, LineType.LANDLINE, ConsentBasis.WRITTEN, "US"),
        ("US-CO", Purpose.MARKETING, Voice.PRERECORDED, LineType.MOBILE, ConsentBasis.WRITTEN, "US"),
        ("US-CO", Purpose.INFORMATIONAL, Voice.AI, LineType.MOBILE, ConsentBasis.ORAL, "US"),
        ("US-CO", Purpose.DEBT_COLLECTION, Voice.AI, LineType.UNKNOWN, ConsentBasis.ORAL, "US"),
        ("US-CO", Purpose.INFORMATIONAL, Voice.AI, LineType.LANDLINE, None, ""),
        ("US-CO", Purpose.MARKETING, Voice.HUMAN, LineType.MOBILE, None, ""),
        ("US-MD", Purpose.MARKETING, Voice.HUMAN, LineType.LANDLINE, ConsentBasis.WRITTEN, "US-MD"),
        ("US-MD", Purpose.SURVEY, Voice.HUMAN, LineType.MOBILE, None, ""),
        ("CA-ON", Purpose.INFORMATIONAL, Voice.AI, LineType.UNKNOWN, ConsentBasis.ORAL, "CA"),
    ],
)
def test_the_consent_that_is_needed(
    place: str, purpose: Purpose, voice: Voice, line: LineType, basis: ConsentBasis | None, row: str
) -> None:
    """Written for marketing by a machine, any for a machine to a mobile, none for a person (in most states)."""
    need = bound(place, purpose=purpose, voice=voice, line=line).consent
    assert (need[1].basis if need else None, need[0].id if need else "") == (basis, row)


@pytest.mark.parametrize(
    ("places", "code"),
    [((), "place_unknown"), (("JM",), "no_rules"), (("US-ZZ",), "no_rules"), (("US-FL", "DE"), "no_rules")],
)
def test_a_place_without_rules_is_a_fault(places: tuple[str, ...], code: str) -> None:
    """Also when another of the places has some: the callee may be in the one that has not."""
    fault = bound(*places).fault
    assert fault is not None
    assert fault.code == code


def test_the_same_object_comes_back_until_the_calendar_changes() -> None:
    """What is kept under it elsewhere is then never asked for again."""
    calendar = Calendar()
    book = RuleBook.read(calendar)
    first = bound("US-LA", book=book)
    assert bound("US-LA", book=book) is first
    calendar.add(CalendarDay("US-LA", MONDAY, "proclamation"))
    second = bound("US-LA", book=book)
    assert second is not first
    assert second.hours_on(MONDAY).empty
    entry = second.hours_on(MONDAY).entry
    assert entry is not None
    assert entry.reason == "proclamation"
    assert not bound("US-TX", book=book).hours_on(MONDAY).empty
    calendar.remove("US-LA", MONDAY)
    assert not bound("US-LA", book=book).hours_on(MONDAY).empty
    assert "calendar v2" in bound("US-LA", book=book).evidence


def test_a_book_that_was_not_read_holds_everything() -> None:
    """And says so; nothing is read behind anybody's back."""
    fault = bound("US-CO", book=RuleBook()).fault
    assert fault is not None
    assert fault.code == "rules_unreadable"
    assert RuleBook().fault == fault
    assert RuleBook.read().fault is None


def test_a_broken_file_holds_everything_until_it_is_mended(tmp_path: Path) -> None:
    """The sentence names the file; after the next reading calls go on, and nothing of the fault is left."""
    folder = tmp_path / "rules"
    shutil.copytree(FOLDER, folder)
    book = RuleBook.read(folder=folder)
    assert bound("US-CO", book=book).fault is None
    (folder / "us.toml").write_text("[US", "utf-8")
    with pytest.raises(Problem, match=r"us\.toml"):
        book.load()
    fault = bound("US-CO", book=book).fault
    assert fault is not None
    assert "us.toml" in fault.sentence
    assert not book.covers("US-CO")
    shutil.copy(FOLDER / "us.toml", folder)
    book.load()
    assert bound("US-CO", book=book).fault is None


def test_what_the_book_knows_of_places() -> None:
    """Names for people, and how far back calls count."""
    book = RuleBook.read()
    assert book.places["US-LA"] == "Louisiana"
    assert book.places["CA-QC"] == "Quebec"
    assert book.covers("GB")
    assert not book.covers("DE")
    assert book.longest_window_s == 30 * 86_400


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contradicting columns can make many sets of places."""
    monkeypatch.setattr(book_module, "MOST_KEPT", 10)
    book = RuleBook.read()
    states = [place for place in book.places if place.startswith("US-")]
    for first in states:
        assert bound(first, "US-WY", book=book).fault is None
    assert len(book._kept) <= 10
    rules = bound("US-WY", book=book)
    for ordinal in range(1500):
        rules.hours_on(date.fromordinal(739_000 + ordinal))
    assert len(rules._hours) <= 1000
