"""Where a row's callee may be: all that its columns and its number say, together.

No column outranks another here, and none the number: each adds candidates (``compliance.places``). What cannot be read
as a ZIP code adds nothing and is said; so is what contradicts what. A zone, a point, a state or a country that cannot
be read rejects its row: it may be anywhere.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from dialconsole.lists.columns import ColumnRole, cell_at
from dialconsole.lists.country import CountryReader
from dialconsole.lists.fault import Fault
from dialconsole.lists.zoning import ZoneReader, Zoning
from dialconsole.model.contact import Located, RowFault, ZoneSource
from dialconsole.model.place import NO_COLUMNS, AddressColumns

if TYPE_CHECKING:
    from dialconsole.lists.memory import Answers
    from dialconsole.lists.number_shapes import Numbers
    from dialconsole.lists.table import Table, Words

REMEMBERED = 131_072
"""Different addresses kept with what they say: more than five digits can name."""

EXCHANGES, SUBSCRIBERS = 1_000_000, 10_000
"""Six digits behind +1, and four more."""
_FIRST, _LAST = 10_000_000_000, 19_999_999_999

LONGEST_REMEMBERED = 200
"""Characters of an address. Cells of a hostile list may be as long as a row."""

_WIDTHS = {ColumnRole.TIMEZONE: 32, ColumnRole.ZIP: 16, ColumnRole.STATE: 24, ColumnRole.COUNTRY: 24}
"""Bytes of a cell that is looked up together with others."""

_MOST_KINS = 1 << 20
"""More than there are kins of addresses, times the ways in which they are known."""

_RANKS = {source: rank for rank, source in enumerate(ZoneSource)}


class _Said(Struct, gc=False):
    """What the columns of one address say."""

    columns: AddressColumns
    """``NO_COLUMNS`` beside a fault: what is left of them is not judged."""
    source: ZoneSource
    kin: int
    """Of the columns and their source; 0 if none is known."""
    fault: Fault | None = None
    """Why the row is none to be called, whatever its number."""


class AddressReader:
    """Reads the zone, coordinates, ZIP code, state and country of the rows of one list."""

    def __init__(self, roles: Mapping[ColumnRole, int], zoning: Zoning, countries: CountryReader | None = None) -> None:
        self._timezone = roles.get(ColumnRole.TIMEZONE, -1)
        self._latitude = roles.get(ColumnRole.LATITUDE, -1)
        self._longitude = roles.get(ColumnRole.LONGITUDE, -1)
        self._zip = roles.get(ColumnRole.ZIP, -1)
        self._state = roles.get(ColumnRole.STATE, -1)
        self._country = roles.get(ColumnRole.COUNTRY, -1)
        self._countries = countries or CountryReader(zoning)
        columns = (self._timezone, self._latitude, self._longitude, self._zip, self._state, self._country)
        self._columns = tuple(column for column in columns if column >= 0)
        self._width = max(self._columns, default=-1) + 1
        self._zoning = zoning
        self._zones = ZoneReader(zoning)
        self._said: dict[tuple[str, ...], _Said] = {}
        self._widths = [_WIDTHS[role] for role in _WIDTHS if roles.get(role, -1) >= 0]
        self._said_kins: Answers[int] | None = None
        """``_Said.kin`` of addresses, for ``many``."""
        self._by_kins: Answers[Located | Fault] | None = None
        """The same as ``_by_kin``."""
        self._kins = array("I", bytes(4 * EXCHANGES))
        self._areas: set[int] = set()
        """Area codes whose exchanges are in it."""
        self._by_kin: dict[int, Located | Fault] = {}
        """By the kin of the exchange (times ``_MOST_KINS``) and of the address."""

    def read(self, cells: Sequence[str], number: str, digits: int = 0) -> Located | Fault:
        """All candidates for a valid E.164 number and the row beside it, or why the row is none to be called.

        ``digits``: the number's, if the caller has them. That a number is nobody's line is said before anything about
        its columns.
        """
        key = tuple([cells[i] for i in self._columns]) if len(cells) >= self._width else None
        said = self._said.get(key) if key is not None else None
        if said is None:
            said = self._read(cells, key)
        if not (said.kin and _FIRST <= digits <= _LAST):
            return self._locate(said, number)
        exchange = digits // SUBSCRIBERS - EXCHANGES
        self._know(exchange // 1000)
        kin = self._kins[exchange]
        if not kin:
            return self._locate(said, number)
        kin = kin * _MOST_KINS + said.kin
        found = self._by_kin.get(kin)
        if found is None:
            found = self._locate(said, number)
            if len(self._by_kin) < REMEMBERED:
                self._by_kin[kin] = found
        return found

    def many(self, table: Table, numbers: Numbers) -> list[Located | Fault]:
        """``read`` of rows whose numbers are of +1."""
        import numpy as np

        from dialconsole.lists.memory import Answers

        if self._by_kins is None:
            self._by_kins = Answers(1, REMEMBERED)
        exchanges = numbers // SUBSCRIBERS - EXCHANGES
        for area in set((exchanges // 1000).tolist()).difference(self._areas):
            self._know(area)
        kins = np.frombuffer(self._kins, np.uint32)[exchanges].astype(np.uint64)
        said = self._said_kins_of(table)
        return self._by_kins.of(
            (kins * np.uint64(_MOST_KINS) + said)[:, None],
            (kins != 0) & (said != 0),
            lambda place: self.read(table.row(place), f"+{numbers[place]}", int(numbers[place])),
        )

    def _said_kins_of(self, table: Table) -> Words:
        """``_Said.kin`` of each row; 0 also where it is not worth to be remembered."""
        import numpy as np

        from dialconsole.lists.memory import Answers

        if self._latitude >= 0 or self._longitude >= 0:  # hardly two rows stand at the same point
            return np.zeros(len(table), np.uint64)
        if not self._columns:
            return np.full(len(table), self._read(()).kin, np.uint64)
        if self._said_kins is None:
            self._said_kins = Answers(sum(self._widths) // 8, REMEMBERED)
        keys = table.keys(self._columns, self._widths)
        found = self._said_kins.of(*keys, lambda place: self._read(table.row(place)).kin)
        return np.array(found, np.uint64)

    def _know(self, area: int) -> None:
        """See that the kins of an area code's exchanges are known."""
        if area not in self._areas:
            self._areas.add(area)
            self._kins[area * 1000 : area * 1000 + 1000] = self._zoning.kins_of_area(area)

    def _read(self, cells: Sequence[str], key: tuple[str, ...] | None = None) -> _Said:
        country, zone, point = self._country_of(cells), self._zone(cells), self._point(cells)
        if isinstance(country, Fault):
            said = _faulty(country)
        elif isinstance(zone, Fault):
            said = _faulty(zone)
        elif isinstance(point, Fault):
            said = _faulty(point)
        else:
            columns = AddressColumns(zone, point, cell_at(cells, self._zip), cell_at(cells, self._state), country)
            source, kin = _source(columns), self._zoning.kin_of_address(columns)
            said = _Said(columns, source, kin and kin * len(_RANKS) + _RANKS[source])
        if key is None or point:  # hardly two rows stand at the same point, so those are not worth the memory
            return said
        if len(self._said) < REMEMBERED and sum(map(len, key)) <= LONGEST_REMEMBERED:
            self._said[key] = said
        return said

    def _locate(self, said: _Said, number: str) -> Located | Fault:
        found = self._zoning.whereabouts(number, said.columns)
        if found.refused:
            return Fault(RowFault.NOT_CALLABLE, found.refused)
        if said.fault is not None:
            return said.fault
        return Fault(RowFault.BAD_STATE, found.unread) if found.unread else Located(found, said.source)

    def _country_of(self, cells: Sequence[str]) -> str | Fault:
        found = self._countries.read(cell_at(cells, self._country))
        return found if isinstance(found, Fault) else found.code

    def _zone(self, cells: Sequence[str]) -> str | Fault:
        name = cell_at(cells, self._timezone)
        return self._zones.of_name(name) if name else ""

    def _point(self, cells: Sequence[str]) -> str | Fault:
        latitude, longitude = cell_at(cells, self._latitude), cell_at(cells, self._longitude)
        return self._zones.of_point(latitude, longitude) if latitude or longitude else ""


def _faulty(fault: Fault) -> _Said:
    return _Said(NO_COLUMNS, ZoneSource.NUMBER, 0, fault)


def _source(columns: AddressColumns) -> ZoneSource:
    """The most exact of what is there."""
    if columns.zone:
        return ZoneSource.COLUMN
    if columns.at_zone:
        return ZoneSource.COORDINATES
    if columns.zip:
        return ZoneSource.ZIP
    return ZoneSource.STATE if columns.state else ZoneSource.NUMBER
