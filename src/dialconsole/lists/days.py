"""Days as people and spreadsheets write them: of consent, purchase, inquiry.

A day in a list decides whether somebody may be called, so nothing is guessed. Year first and points (``31.12.2025``)
mean one thing everywhere. With slashes the order is that of the list's region; a date that only makes sense the other
way round is refused instead of turned, because the column then holds others that are read wrongly without anybody
noticing. Rejected: ``dateutil`` and trying formats in turn, which turn just those.

A time of day behind the date is passed over: rules count days and months, and mostly nobody says which zone it is in.
"""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from dialconsole.lists.fault import Fault, quoted
from dialconsole.model.contact import RowFault

_TIME = r"(?:[T,]?\s*\d{1,2}:\d\d.{0,30})?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_BARE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})" + _TIME, re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})" + _TIME, re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\s?\d{1,2}\1\s?\d\d" + _TIME, re.ASCII)

_NO_DAY = frozenset({"", "-", "--", "n/a", "na", "none", "never", "null", "nil", "unknown", "?"})

_STAND_INS = frozenset({(1, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1970, 1, 1)})
"""What programs and spreadsheets write for a date that is not there."""

_LAST_ZONE = timedelta(hours=14)
"""Where a day begins first (UTC+14)."""


class Order(Enum):
    """What stands first with slashes (Unicode CLDR, short date formats)."""

    MONTH = "month"
    DAY = "day"
    EITHER = "either"


_ORDERS = {
    **dict.fromkeys(("US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "VI"), Order.MONTH),
    "CA": Order.EITHER,  # the official form is year first; with slashes both are in use
}


class DayReader:
    """Reads cells of a list whose numbers belong to ``region`` (ISO 3166-1 alpha-2)."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._order = _ORDERS.get(region, Order.DAY)

    def read(self, cell: str, what: str) -> date | Fault | None:
        """The day in a cell that is safe to show, ``None`` if it says that there is none, or what is wrong with it.

        ``what`` names the column in the sentence: ``consent date``.
        """
        if cell.casefold() in _NO_DAY:
            return None
        if shape := _YEAR_FIRST.fullmatch(cell):
            return _day(cell, what, int(shape[1]), int(shape[3]), int(shape[4]))
        if shape := _BARE.fullmatch(cell):
            return _day(cell, what, int(shape[1]), int(shape[2]), int(shape[3]))
        if shape := _POINTS.fullmatch(cell):
            return _day(cell, what, int(shape[3]), int(shape[2]), int(shape[1]))
        if shape := _SLASHES.fullmatch(cell):
            return self._with_slashes(cell, what, int(shape[4]), int(shape[1]), int(shape[3]))
        if _SHORT_YEAR.fullmatch(cell):
            return _fault(what, cell, "has a year of two digits. Write all four, best as 2025-12-31.")
        return _fault(what, cell, "is no date that can be read. Write it as 2025-12-31, or leave the cell empty.")

    def _with_slashes(self, cell: str, what: str, year: int, first: int, second: int) -> date | Fault:
        """The region's order holds for all dates of a list, whatever one of them alone would allow."""
        month_first, day_first = _exists(year, first, second), _exists(year, second, first)
        if self._order is Order.EITHER:
            if month_first and day_first and first != second:
                return _fault(
                    what,
                    cell,
                    f"may be {month_first} or {day_first}; both orders are in use there. Write one of these.",
                )
            found = month_first or day_first
        else:
            found = month_first if self._order is Order.MONTH else day_first
            turned = day_first if self._order is Order.MONTH else month_first
            if found is None and turned is not None:
                return _fault(
                    what,
                    cell,
                    f"has no month {second if self._order is Order.DAY else first}: in a list of region {self._region} "
                    f"the {self._order.value} stands first. Write {turned} if that is meant, and look at the others.",
                )
        return _day(cell, what, found.year, found.month, found.day) if found else _day(cell, what, year, 0, 0)


def _day(cell: str, what: str, year: int, month: int, day: int) -> date | Fault:
    if (year, month, day) in _STAND_INS:
        return _fault(what, cell, "is what programs write where no date is known. Leave the cell empty.")
    return _exists(year, month, day) or _fault(what, cell, "is a day that does not exist.")


def _exists(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _fault(what: str, cell: str, sentence: str) -> Fault:
    return Fault(RowFault.BAD_DATE, f"The {what} {quoted(cell)} {sentence}")


def latest_day(now: float) -> date:
    """The last day that has begun anywhere on earth at ``now`` (POSIX seconds); any later one is still to come."""
    return (datetime.fromtimestamp(now, UTC) + _LAST_ZONE).date()


def instant_of(day: date) -> float:
    """A day as an instant: its beginning in UTC, POSIX seconds."""
    return float(timegm(day.timetuple()))
