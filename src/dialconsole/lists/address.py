"""Where a row's callee may be: all that its columns and its number say, together.

No column outranks another here, and none the number: each adds candidates (``compliance.places``). What cannot be read
as a ZIP code or a state adds nothing and is said; so is what contradicts what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dialconsole.lists.columns import ColumnRole, cell_at
from dialconsole.lists.fault import Fault
from dialconsole.lists.zoning import ZoneReader, Zoning
from dialconsole.model.contact import RowFault, ZoneSource
from dialconsole.model.place import Whereabouts


class Located(Struct, frozen=True, gc=False):
    """Where one row's callee may be, and which of its columns said it most exactly."""

    whereabouts: Whereabouts
    source: ZoneSource


class AddressReader:
    """Reads the zone, coordinates, ZIP code and state of the rows of one list."""

    def __init__(self, roles: Mapping[ColumnRole, int], zoning: Zoning) -> None:
        self._timezone = roles.get(ColumnRole.TIMEZONE, -1)
        self._latitude = roles.get(ColumnRole.LATITUDE, -1)
        self._longitude = roles.get(ColumnRole.LONGITUDE, -1)
        self._zip = roles.get(ColumnRole.ZIP, -1)
        self._state = roles.get(ColumnRole.STATE, -1)
        columns = (self._timezone, self._latitude, self._longitude, self._zip, self._state)
        self._says_where = any(column >= 0 for column in columns)
        self._zoning = zoning
        self._zones = ZoneReader(zoning)

    def read(self, cells: Sequence[str], number: str) -> Located | Fault:
        """All candidates for a valid E.164 number and the row beside it, or why the row is none to be called.

        That a number is nobody's line is said before anything about its columns.
        """
        if not self._says_where:
            return self._located(number, ZoneSource.NUMBER)
        zone, point = self._zone(cells), self._point(cells)
        if isinstance(zone, Fault):
            return self._refused(number) or zone
        if isinstance(point, Fault):
            return self._refused(number) or point
        code, state = cell_at(cells, self._zip), cell_at(cells, self._state)
        return self._located(number, _source(zone, point, code, state), zone, point, code, state)

    def _refused(self, number: str) -> Fault | None:
        by_number = self._located(number, ZoneSource.NUMBER)
        return by_number if isinstance(by_number, Fault) else None

    def _located(
        self, number: str, source: ZoneSource, zone: str = "", point: str = "", code: str = "", state: str = ""
    ) -> Located | Fault:
        found = self._zoning.whereabouts(
            number, zone=zone or None, at_zone=point or None, zip=code or None, state=state or None
        )
        return Fault(RowFault.NOT_CALLABLE, found.refused) if found.refused else Located(found, source)

    def _zone(self, cells: Sequence[str]) -> str | Fault:
        name = cell_at(cells, self._timezone)
        return self._zones.of_name(name) if name else ""

    def _point(self, cells: Sequence[str]) -> str | Fault:
        latitude, longitude = cell_at(cells, self._latitude), cell_at(cells, self._longitude)
        return self._zones.of_point(latitude, longitude) if latitude or longitude else ""


def _source(zone: str, point: str, code: str, state: str) -> ZoneSource:
    """The most exact of what is there."""
    if zone:
        return ZoneSource.COLUMN
    if point:
        return ZoneSource.COORDINATES
    if code:
        return ZoneSource.ZIP
    return ZoneSource.STATE if state else ZoneSource.NUMBER
