"""One record to a contact, a rejected row or a duplicate."""

from __future__ import annotations

import pytest

from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole, Layout
from dialconsole.lists.country import CountryReader, PhoneReader
from dialconsole.lists.facts import FactReader
from dialconsole.lists.numbers import NumberReader
from dialconsole.lists.records import Breakage, Record
from dialconsole.lists.rows import CELLS_KEPT, RowReader
from dialconsole.lists.stops import StopReader
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, RowFault, ZoneSource
from dialconsole.model.facts import ContactFacts
from dialconsole.model.purpose import ConsentBasis
from kit.zoning import CENTRAL, EASTERN, NOW, NOWHERE, FewZones

NAMES = ("name", "phone", "zone", "lat", "lon", "note")
ROLES = {
    ColumnRole.NAME: 0,
    ColumnRole.PHONE: 1,
    ColumnRole.TIMEZONE: 2,
    ColumnRole.LATITUDE: 3,
    ColumnRole.LONGITUDE: 4,
}


def reader(
    names: tuple[str, ...] = NAMES,
    roles: dict[ColumnRole, int] | None = None,
    *,
    stops: tuple[int, ...] = (),
    attested: ContactFacts | None = None,
) -> RowReader:
    roles = ROLES if roles is None else roles
    address, facts = AddressReader(roles, FewZones()), FactReader(roles, "US", NOW, attested)
    layout = Layout(names, 2, roles, stops=stops)
    country = roles.get(ColumnRole.COUNTRY, -1)
    phones = PhoneReader(layout.phone, country, NumberReader("US"), CountryReader(FewZones()))
    return RowReader(layout, phones, address, facts, StopReader(layout))


def read(*cells: str) -> Contact | RejectedRow | Duplicate:
    return reader().read(Record(7, list(cells)))


def test_a_row_becomes_a_contact() -> None:
    """Number, name, place with its source, the other columns, and the line it came from."""
    assert read(" Ann ", "(212) 555-0143", "", "", "", "call late") == Contact(
        line=7,
        number="+12125550143",
        name="Ann",
        zones=(EASTERN,),
        zone_source=ZoneSource.NUMBER,
        variables={"note": "call late"},
        jurisdictions=("US-NY",),
    )


@pytest.mark.parametrize(
    ("zone", "lat", "lon", "zones", "source"),
    [
        (CENTRAL, "40", "-74", (CENTRAL, EASTERN), ZoneSource.COLUMN),
        ("", "41", "-88", (CENTRAL, EASTERN), ZoneSource.COORDINATES),
        ("  ", " ", "", (EASTERN,), ZoneSource.NUMBER),
    ],
)
def test_all_that_a_row_says_of_its_zone_counts(
    zone: str, lat: str, lon: str, zones: tuple[str, ...], source: ZoneSource
) -> None:
    """Zone column, coordinates and number together; the source is the most exact of them, empty cells say nothing."""
    row = read("Ann", "2125550143", zone, lat, lon, "")
    assert isinstance(row, Contact)
    assert (row.zones, row.zone_source) == (zones, source)


def test_an_unknown_zone_is_kept_as_unknown() -> None:
    """A callable number without a zone is a contact without zones, which the gate holds."""
    row = read("Ann", NOWHERE, "", "", "", "")
    assert isinstance(row, Contact)
    assert row.zones == ()


def test_nobodys_line_is_rejected_whatever_the_zone_column_says() -> None:
    """A toll-free number stays one in any zone."""
    row = read("Ann", "800-555-0199", CENTRAL, "", "", "")
    assert isinstance(row, RejectedRow)
    assert row.fault is RowFault.NOT_CALLABLE


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("Ann", "", "", "", "", ""), RowFault.NO_NUMBER),
        (("Ann", "none", "", "", "", ""), RowFault.NO_NUMBER),
        (("Ann", "yes", "", "", "", ""), RowFault.NOT_A_NUMBER),
        (("Ann", "555-0143", "", "", "", ""), RowFault.INVALID_NUMBER),
        (("Ann", "2125550143", "EST", "", "", ""), RowFault.BAD_ZONE),
        (("Ann", "2125550143", "", "x", "y", ""), RowFault.BAD_COORDINATES),
        (("Ann",), RowFault.WRONG_COLUMNS),
        (("Smith", " Ann", "2125550143", "", "", "", ""), RowFault.WRONG_COLUMNS),
        (("Ann", "2125550143", "2125550144", "", "", "", ""), RowFault.WRONG_COLUMNS),
        (("2125550144", "2125550143", "", "", ""), RowFault.WRONG_COLUMNS),
        (("Ann", "2125550143", "x", "", "", "", ""), RowFault.WRONG_COLUMNS),
        (("Ann", "2125550143", "", "41", "-88"), RowFault.WRONG_COLUMNS),
    ],
)
def test_each_fault(cells: tuple[str, ...], fault: RowFault) -> None:
    """Every reason not to trust a row has its own fault; a row of the wrong width is trusted only where it must be."""
    row = read(*cells)
    assert isinstance(row, RejectedRow)
    assert (row.fault, row.line, row.row) == (fault, 7, tuple(cell.strip() for cell in cells))
    assert row.reason.endswith((".", "?"))


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (("Ann", "2125550143"), "1 row with fewer columns than the header: the missing cells are read as empty."),
        (
            ("Ann", "2125550143", "", "", "", "n", "more"),
            "1 row with more columns than the header: what stands beyond it is left out.",
        ),
        (
            ("Ann", "212 555 0143 x5", "", "", "", "n"),
            "1 row with an extension behind the number: it is not dialed; the agent gets it.",
        ),
    ],
)
def test_rows_that_are_odd_but_sure_are_kept_and_counted(cells: tuple[str, ...], note: str) -> None:
    """A row whose number is beyond doubt is not lost for a missing or a surplus cell."""
    rows = reader()
    assert isinstance(rows.read(Record(2, list(cells))), Contact)
    assert rows.notes() == (note,)


def test_empty_surplus_cells_are_not_worth_a_word() -> None:
    """Trailing delimiters are noise of exports."""
    rows = reader()
    assert isinstance(rows.read(Record(2, ["Ann", "2125550143", "", "", "", "", "", " "])), Contact)
    assert rows.notes() == ()


def test_an_extension_goes_to_the_agent() -> None:
    """It becomes a variable, unless the list has a column of that name, which is left alone."""
    row = read("Ann", "2125550143 x5", "", "", "", "")
    assert isinstance(row, Contact)
    assert row.variables == {"note": "", "extension": "5"}
    own = reader(("phone", "extension"), {ColumnRole.PHONE: 0}).read(Record(2, ["2125550143 x5", "none"]))
    assert isinstance(own, Contact)
    assert own.variables == {"extension": "none"}


def test_a_number_comes_once() -> None:
    """However it is written; the duplicate says where the first stands, also if the later row is wrong besides."""
    rows = reader()
    assert isinstance(rows.read(Record(2, ["Ann", "2125550143", "", "", "", ""])), Contact)
    assert rows.read(Record(3, ["Ann", "+1 (212) 555-0143", "nonsense", "", "", ""])) == Duplicate(3, "+12125550143", 2)


def test_a_rejected_row_does_not_block_a_good_one() -> None:
    """A number whose first row was rejected is taken from the next."""
    rows = reader()
    assert isinstance(rows.read(Record(2, ["Ann", "2125550143", "nonsense", "", "", ""])), RejectedRow)
    assert isinstance(rows.read(Record(3, ["Ann", "2125550143", "", "", "", ""])), Contact)


@pytest.mark.parametrize(
    ("cells", "name"),
    [(["", "Ann", "Lee", "2125550143"], "Ann Lee"), (["A. Lee", "x", "y", "2125550143"], "A. Lee"),
     (["", "", "Lee", "2125550143"], "Lee"), (["", "", "", "2125550143"], "")],
)  # fmt: skip
def test_a_name_may_come_in_parts(cells: list[str], name: str) -> None:
    """The whole name if there is one, else what there is of first and last."""
    roles = {ColumnRole.NAME: 0, ColumnRole.FIRST_NAME: 1, ColumnRole.LAST_NAME: 2, ColumnRole.PHONE: 3}
    row = reader(("name", "first", "last", "phone"), roles).read(Record(2, cells))
    assert isinstance(row, Contact)
    assert row.name == name
    assert row.variables == {"first": cells[1], "last": cells[2]}


@pytest.mark.parametrize("broken", Breakage)
def test_a_broken_record_is_rejected_with_its_reason(broken: Breakage) -> None:
    """What could not be cut into cells says why, and keeps enough to be recognised, not more."""
    row = reader().read(Record(9, ["x\x1b"] * 500, broken))
    assert isinstance(row, RejectedRow)
    assert row.fault is RowFault.WRONG_COLUMNS
    assert row.row == ("x",) * CELLS_KEPT


# -- address and facts ------------------------------------------------------------------------------------------------

FULL = ("phone", "zip", "state", "consent", "consented on", "via", "bought", "asked", "city")
FULL_ROLES = {
    ColumnRole.PHONE: 0,
    ColumnRole.ZIP: 1,
    ColumnRole.STATE: 2,
    ColumnRole.CONSENT: 3,
    ColumnRole.CONSENT_DATE: 4,
    ColumnRole.CONSENT_SOURCE: 5,
    ColumnRole.LAST_PURCHASE: 6,
    ColumnRole.LAST_INQUIRY: 7,
}


def read_full(*cells: str) -> Contact | RejectedRow | Duplicate:
    return reader(FULL, FULL_ROLES).read(Record(2, list(cells)))


def test_a_row_with_everything_in_it() -> None:
    """Place and facts are the contact's own; of these columns only ZIP code and state go to the agent as well."""
    row = read_full("2125550143", "60601", "IL", "PEWC", "2025-01-01", "web form", "2024-06-30", "", "Chicago")
    assert isinstance(row, Contact)
    assert (row.zones, row.jurisdictions) == ((CENTRAL, EASTERN), ("US-IL", "US-NY"))
    assert row.zone_source is ZoneSource.ZIP
    assert row.facts == ContactFacts(ConsentBasis.WRITTEN, 1_735_689_600.0, "web form", 1_719_705_600.0)
    assert row.variables == {"zip": "60601", "state": "IL", "city": "Chicago"}
    assert row.contradictions == ()


def test_contradicting_columns_keep_the_row() -> None:
    """All of them count, the contact says what is odd, and the reader counts such rows."""
    rows = reader(FULL, FULL_ROLES)
    row = rows.read(Record(2, ["2125550143", "60601", "MA", *[""] * 6]))
    assert isinstance(row, Contact)
    assert row.jurisdictions == ("US-IL", "US-MA", "US-NY")
    assert row.contradictions == ("ZIP code and state differ.",)
    unread = rows.read(Record(3, ["2125550144", "9x", *[""] * 7]))
    assert isinstance(unread, Contact)
    assert (unread.zones, unread.jurisdictions) == ((EASTERN,), ("US-NY",))
    assert rows.notes() == (
        "2 rows whose address does not fit together, or whose ZIP code cannot be read: "
        "every place that a column names counts, and the number's.",
    )


@pytest.mark.parametrize(
    ("cells", "fault", "says"),
    [
        (("2125550143", "", "", "perhaps", "", "", "", "", ""), RowFault.BAD_CONSENT, "Write written, oral or none"),
        (("2125550143", "", "", "", "2025-02-30", "", "", "", ""), RowFault.BAD_DATE, "does not exist"),
        (("2125550143", "", "", "", "2125-01-01", "", "", "", ""), RowFault.BAD_DATE, "still to come"),
        (("2125550143", "", "", "", "", "", "soon", "", ""), RowFault.BAD_DATE, "last purchase “soon” is no date"),
        (("2125550143", "", "", "", "", "", "", "0/0/2025", ""), RowFault.BAD_DATE, "last inquiry “0/0/2025”"),
    ],
)
def test_facts_that_are_none_reject_the_row(cells: tuple[str, ...], fault: RowFault, says: str) -> None:
    """What nobody can take for a consent or a day is mended by people."""
    row = read_full(*cells)
    assert isinstance(row, RejectedRow)
    assert row.fault is fault
    assert says in row.reason


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("2125550143", "", "", "written"), "so its consent cannot be trusted"),
        (("2125550143", "", "", "", "", "web form", "", "", "", "more"), "so its consent cannot be trusted"),
        (("2125550143", "", "", "", "", "", "", "2025-01-01"), "so its last inquiry cannot be trusted"),
        (("2125550143", "Chicago"), "and its address is odd: No ZIP code is “Chicago”."),
    ],
)
def test_cells_that_may_have_moved_give_no_consent(cells: tuple[str, ...], says: str) -> None:
    """In a row of the wrong width a neighbour's "yes" could stand in the consent column."""
    row = read_full(*cells)
    assert isinstance(row, RejectedRow)
    assert row.fault is RowFault.WRONG_COLUMNS
    assert says in row.reason


def test_a_short_row_with_a_good_address_is_kept() -> None:
    """Exports that leave out trailing empty cells lose nobody."""
    row = read_full("2125550143", "60601", "IL")
    assert isinstance(row, Contact)
    assert row.jurisdictions == ("US-IL", "US-NY")
    assert row.facts == ContactFacts()


def test_a_short_row_takes_nobodys_no_away() -> None:
    """Where a cell that says no may be the missing one, nobody's word for the whole list stands in for it."""
    attested = ContactFacts(ConsentBasis.WRITTEN, NOW, "attested by maria")
    for rows in (reader(FULL, FULL_ROLES, attested=attested), reader(FULL, FULL_ROLES, stops=(8,))):
        row = rows.read(Record(2, ["2125550143", "60601", "IL"]))
        assert isinstance(row, RejectedRow)
        assert row.fault is RowFault.WRONG_COLUMNS


def test_a_state_that_cannot_be_read_rejects_its_row() -> None:
    """Whoever wrote it knew more than the area code does: the callee may be anywhere."""
    row = read_full("2125550144", "60601", "Narnia", *[""] * 6)
    assert isinstance(row, RejectedRow)
    assert (row.fault, row.reason) == (RowFault.BAD_STATE, "No state is “Narnia”.")
