"""The cells of a row that name a zone, or a point in one.

What is known about zones and places belongs to compliance, a room that lists may not know; ``Zoning`` is what the
engine hands in. A zone or a point that is wrong rejects its row: whoever filled the column knew more than the area code
does, and a call at the wrong hour is worse than a row to mend.
"""

from __future__ import annotations

import math
import re
from array import array
from typing import Protocol

from dialconsole.lists.fault import Fault, quoted
from dialconsole.model.contact import RowFault
from dialconsole.model.place import AddressColumns, Whereabouts


class Zoning(Protocol):
    """What a list must be told about places. Called once or twice a row, so the answers should be quick."""

    def whereabouts(self, number: str, columns: AddressColumns) -> Whereabouts:
        """Every place in which the callee may be, by a valid E.164 number and the columns beside it; never raises.

        The zones are names that are ``valid``, the country a code that ``country`` gave. A column adds candidates and
        removes none.
        """

    def kins_of_area(self, area: int) -> array[int]:
        """Of each of the thousand exchanges behind an area code of +1 its kin.

        Numbers of one kin are in the same places beside columns of one kin, so the places of a million rows are worked
        out a few thousand times. 0: nothing is known of any others.
        """

    def kin_of_address(self, columns: AddressColumns) -> int:
        """The same of columns, as they are given to ``whereabouts``."""

    def valid(self, name: str) -> bool:
        """Whether ``name`` is a zone in which people live, exactly as IANA writes it."""

    def nearest(self, name: str) -> str | None:
        """The zone that ``name`` was probably meant to be."""

    def country(self, text: str) -> str | None:
        """ISO 3166-1 alpha-2 of the country that a cell names, by name or code; ``None`` if it names none."""

    def nearest_country(self, text: str) -> str | None:
        """The country that a mistyped cell probably means."""

    def at(self, lat: float, lng: float) -> str | None:
        """The zone at a point on earth in degrees; ``None`` at sea. May load data at the first call."""


REMEMBERED = 1024
"""Zone names kept with their answer. A column repeats a dozen; a hostile one may not fill memory."""

_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{0,30})?")


class ZoneReader:
    """Reads the zone and coordinate cells of one list: IANA names, or what is wrong."""

    def __init__(self, zoning: Zoning) -> None:
        self._zoning = zoning
        self._by_name: dict[str, str | Fault] = {}

    def of_name(self, cell: str) -> str | Fault:
        known = self._by_name.get(cell)
        if known is None:
            known = self._look_up(cell)
            if len(self._by_name) < REMEMBERED:
                self._by_name[cell] = known
        return known

    def _look_up(self, cell: str) -> str | Fault:
        if self._zoning.valid(cell):
            return cell
        nearest = self._zoning.nearest(cell)
        if nearest is None:
            return Fault(
                RowFault.BAD_ZONE,
                f"{quoted(cell)} is no time zone. Write an IANA name such as America/Chicago, or leave the cell empty.",
            )
        if nearest.casefold() == "_".join(cell.casefold().split()):
            return nearest
        return Fault(RowFault.BAD_ZONE, f"{quoted(cell)} is no time zone. Did you mean {nearest}?")

    def of_point(self, latitude: str, longitude: str) -> str | Fault:
        """Either cell may be empty, but not both (that is: there is no point)."""
        if not (latitude and longitude):
            missing = "longitude" if latitude else "latitude"
            return Fault(RowFault.BAD_COORDINATES, f"The {missing} is missing. Give both coordinates or neither.")
        lat, lng = _degrees(latitude, 90), _degrees(longitude, 180)
        if lat is None:
            return _no_degrees(latitude, "latitude", 90)
        if lng is None:
            return _no_degrees(longitude, "longitude", 180)
        if lat == 0 and lng == 0:
            return Fault(
                RowFault.BAD_COORDINATES,
                "The coordinates are 0, 0, a point in the Atlantic that programs write for an unknown place. "
                "Leave both cells empty.",
            )
        zone = self._zoning.at(lat, lng)
        if zone is None:
            return Fault(
                RowFault.BAD_COORDINATES,
                f"The point {lat:g}, {lng:g} lies at sea. Check the signs and whether the columns are swapped.",
            )
        return zone


def _degrees(cell: str, largest: int) -> float | None:
    """Degrees with a decimal point or comma; ``None`` for anything else, and beyond ±``largest``."""
    if not _DEGREES.fullmatch(cell):
        return None
    value = float(cell.replace(",", "."))
    return value if math.fabs(value) <= largest else None


def _no_degrees(cell: str, what: str, largest: int) -> Fault:
    return Fault(
        RowFault.BAD_COORDINATES,
        f"{quoted(cell)} is no {what}: a number of degrees from -{largest} to {largest} is needed.",
    )
