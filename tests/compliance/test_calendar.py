"""The operator's calendar: which days bind whom."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.calendar import Calendar, overlaps
from dialconsole.model.calendar import CalendarDay

EVE = date(2026, 12, 24)


def test_a_day_binds_its_place_and_the_country_whose_state_is_not_known() -> None:
    """A callee somewhere in the US may be in Louisiana."""
    calendar = Calendar([CalendarDay("US-LA", EVE, "proclamation", by="maria")])
    assert calendar.binding("US-LA")[EVE].reason == "proclamation"
    assert EVE in calendar.binding("US")
    assert EVE not in calendar.binding("US-TX")


def test_a_day_of_a_country_binds_all_its_states() -> None:
    """And no other country that begins with the same letters."""
    calendar = Calendar([CalendarDay("US", EVE, "mourning")])
    assert EVE in calendar.binding("US-WY")
    assert EVE not in calendar.binding("CA-ON")
    assert not overlaps("US-A", "US-AL")


def test_a_new_entry_replaces_the_old_one() -> None:
    """One reason a place and date; the newest."""
    calendar = Calendar([CalendarDay("US-LA", EVE, "a"), CalendarDay("US-LA", EVE, "b")])
    assert [day.reason for day in calendar.days()] == ["b"]


def test_what_is_removed_is_gone_and_said() -> None:
    """Removing what is not there changes nothing, not even the version."""
    calendar = Calendar([CalendarDay("US-LA", EVE, "a")])
    assert not calendar.remove("US-LA", date(2026, 12, 25))
    assert not calendar.remove("US-TX", EVE)
    assert calendar.version == 1
    assert calendar.remove("US-LA", EVE)
    assert (calendar.days(), calendar.version) == ([], 2)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(("US", "US-LA", "US-TX", "GB")), st.integers(0, 3)), max_size=30)
)
def test_the_calendar_is_a_map(edits: list[tuple[bool, str, int]]) -> None:
    """Any edits in any order: what is there is what was added last and not removed; every change is counted."""
    calendar, model, changes = Calendar(), dict[tuple[str, date], str](), 0
    for number, (add, place, offset) in enumerate(edits):
        day = date(2026, 12, 1 + offset)
        if add:
            calendar.add(CalendarDay(place, day, str(number)))
            model[place, day] = str(number)
            changes += 1
        else:
            was_there = model.pop((place, day), None) is not None
            assert calendar.remove(place, day) is was_there
            changes += was_there
    assert {(entry.jurisdiction, entry.day): entry.reason for entry in calendar.days()} == model
    assert calendar.version == changes
