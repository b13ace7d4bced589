"""Where a row's callee may be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole
from dialconsole.lists.fault import Fault
from dialconsole.lists.table import of_rows
from dialconsole.model.contact import Located, RowFault, ZoneSource
from dialconsole.model.place import Whereabouts
from kit.zoning import CENTRAL, EASTERN, NOWHERE, FewZones

ROLES = {
    ColumnRole.TIMEZONE: 0,
    ColumnRole.LATITUDE: 1,
    ColumnRole.LONGITUDE: 2,
    ColumnRole.ZIP: 3,
    ColumnRole.STATE: 4,
}
NEW_YORK = "+12125550143"


def read(*cells: str, number: str = NEW_YORK) -> Located | Fault:
    return AddressReader(ROLES, FewZones()).read(cells, number)


def test_the_number_alone() -> None:
    """Without columns, and with empty ones, its places are all there are; it may have none that are known."""
    alone = Located(Whereabouts((EASTERN,), ("US-NY",)), ZoneSource.NUMBER)
    assert read() == read("", " ", "", "\t", "") == alone
    assert AddressReader({ColumnRole.PHONE: 0}, FewZones()).read([NEW_YORK], NEW_YORK) == alone
    nowhere = read(number=NOWHERE)
    assert isinstance(nowhere, Located)
    assert nowhere.whereabouts.zones == ()


@pytest.mark.parametrize(
    ("cells", "source"),
    [
        ((CENTRAL, "41", "-88", "60601", "IL"), ZoneSource.COLUMN),
        (("", "41", "-88", "60601", "IL"), ZoneSource.COORDINATES),
        (("", "", "", "60601", "IL"), ZoneSource.ZIP),
        (("", "", "", "", "IL"), ZoneSource.STATE),
    ],
)
def test_every_column_adds_its_places(cells: tuple[str, ...], source: ZoneSource) -> None:
    """To those of the number, which stay; the source is the most exact of them."""
    found = read(*cells)
    assert isinstance(found, Located)
    assert found.whereabouts.zones == (CENTRAL, EASTERN)
    assert found.source is source


def test_nobodys_line_is_refused_before_anything_else() -> None:
    """Whatever the columns say, and however wrong they are."""
    for cells in ((CENTRAL, "41", "-88", "60601", "IL"), ("Mars", "x", "", "?", "?")):
        assert read(*cells, number="+18005550199") == Fault(RowFault.NOT_CALLABLE, "This is a toll-free number.")


@pytest.mark.parametrize(
    ("cells", "fault"), [(("Mars", "", "", "", ""), RowFault.BAD_ZONE), (("", "91", "0"), RowFault.BAD_COORDINATES)]
)
def test_a_wrong_zone_or_point_is_a_fault(cells: tuple[str, ...], fault: RowFault) -> None:
    """They do not give way to the other columns."""
    found = read(*cells)
    assert isinstance(found, Fault)
    assert found.fault is fault


def test_an_unreadable_address_leaves_the_number() -> None:
    """A ZIP code that is none: the row stays, and says so. A state that is none may be anywhere."""
    found = read("", "", "", "ABC", "")
    assert isinstance(found, Located)
    assert found.whereabouts == Whereabouts((EASTERN,), ("US-NY",), "", ("No ZIP code is “ABC”.",))
    assert read("", "", "", "", "Narnia") == Fault(RowFault.BAD_STATE, "No state is “Narnia”.")


# -- with what compliance knows -------------------------------------------------------------------------------------

REAL_ROLES = {ColumnRole.TIMEZONE: 0, ColumnRole.ZIP: 1, ColumnRole.STATE: 2}


def really(*cells: str, number: str = NEW_YORK, authoritative: bool = False) -> Located | Fault:
    return AddressReader(REAL_ROLES, ZoningByCompliance(zone_authoritative=authoritative)).read(cells, number)


@pytest.mark.parametrize(
    ("cells", "says"), [(("", "09012", ""), "military post"), (("Europe/Berlin", "", ""), "Germany")]
)
def test_an_address_out_of_reach_is_refused(cells: tuple[str, ...], says: str) -> None:
    """A country without rules, and post that is delivered all over the world."""
    found = really(*cells)
    assert isinstance(found, Fault)
    assert found.fault is RowFault.NOT_CALLABLE
    assert says in found.reason


@pytest.mark.parametrize("zip", ["2134", "02134", "02134-1000", "2134.0", " '02134"])
def test_zip_codes_as_spreadsheets_leave_them(zip: str) -> None:
    """Lost zeros and +4 make no difference."""
    found = really("", zip, "")
    assert isinstance(found, Located)
    assert found.whereabouts == Whereabouts((EASTERN,), ("US-MA", "US-NY"))


def test_cells_of_several_lines_are_not_taken_for_others() -> None:
    """A line break in a cell does not make it two."""
    reader = AddressReader({ColumnRole.STATE: 0, ColumnRole.ZIP: 1}, ZoningByCompliance())
    for cells in (["NY", "\n10001"], ["NY\n", "10001"], ["NY", "10001"], ["", "NY\n10001"]):
        fresh = AddressReader({ColumnRole.STATE: 0, ColumnRole.ZIP: 1}, ZoningByCompliance())
        expected = fresh.read(cells, NEW_YORK, int(NEW_YORK))
        assert reader.read(cells, NEW_YORK, int(NEW_YORK)) == expected
        table = of_rows([2], [cells])
        assert table is not None
        assert reader.many(table, np.array([int(NEW_YORK)])) == [expected]


def test_contradictions_come_along() -> None:
    """State FL, ZIP code in Washington: both count, and it is said."""
    found = really("", "98101", "fl")
    assert isinstance(found, Located)
    assert found.whereabouts.jurisdictions == ("US-FL", "US-NY", "US-WA")
    assert len(found.whereabouts.contradictions) == 1


def test_an_authoritative_zone_column_counts_alone() -> None:
    """Where the campaign's owner says so; rows without a zone are read like any other."""
    found, without = really(CENTRAL, "98101", "", authoritative=True), really("", "98101", "", authoritative=True)
    assert isinstance(found, Located)
    assert isinstance(without, Located)
    assert found.whereabouts.zones == (CENTRAL,)
    assert found.whereabouts.jurisdictions == without.whereabouts.jurisdictions == ("US-NY", "US-WA")
    assert without.whereabouts.zones == ("America/Los_Angeles", EASTERN)


CELLS = st.tuples(
    st.sampled_from(("", CENTRAL, "Pacific/Honolulu", "america/denver", "Europe/London")),
    st.integers(1, 99_999).map(str) | st.sampled_from(("", "2134", "42223-0001", "K1A 0B1", "09012", "??")),
    st.sampled_from(("", "FL", "fla.", "Ontario", "Narnia", "AE")),
)
NUMBERS = st.sampled_from((NEW_YORK, "+12195550123", "+14165550123", "+442079460123", "+18005550199", "+18765550123"))


@given(NUMBERS, CELLS, st.integers(0, 2))
@settings(max_examples=400, deadline=None)
def test_filling_a_column_never_takes_a_candidate_away(number: str, cells: tuple[str, ...], column: int) -> None:
    """Neither a zone of the number nor a jurisdiction, nor is a refused row called; a ZIP code refines its state."""
    alone = really(number=number)
    less = really(*[cell if i != column else "" for i, cell in enumerate(cells)], number=number)
    more = really(*cells, number=number)
    if isinstance(more, Fault) or isinstance(less, Fault) or isinstance(alone, Fault):
        assert isinstance(more, Fault) or not isinstance(less, Fault)
        return
    assert set(alone.whereabouts.zones) <= set(more.whereabouts.zones)
    assert set(less.whereabouts.jurisdictions) <= set(more.whereabouts.jurisdictions)
    if column != 1:
        assert set(less.whereabouts.zones) <= set(more.whereabouts.zones)
