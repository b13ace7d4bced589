"""Holidays: those that the ``holidays`` library knows, and a small notation for those that it lacks.

The library is pure data, and loaded only when a rule file names a set of it (60 ms, 19 MB). It knows the federal
holidays and most of each state's; what it lacks (Flag Day in Pennsylvania, Rosa Parks Day in Alabama) stands in the
row, as a rule and not as dates, because dates in a file are forgotten in the first year they were not written for.
Where a holiday is also observed on another day, both count. Proclamations are in neither: see ``compliance.calendar``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ORDINALS = ("first", "second", "third", "fourth", "last")

_FIXED = re.compile(rf"({'|'.join(_MONTHS)}) ([1-9]|[12][0-9]|30|31)(, observed)?")
_NTH = re.compile(rf"({'|'.join(_ORDINALS)}) ({'|'.join(_DAYS)}) of ({'|'.join(_MONTHS)})(?: \+ ([1-9]))?")
_EASTER = re.compile(r"Easter(?: ([+-]) ([1-9][0-9]?))?")


class HolidayRule:
    """A holiday by rule, in one of these forms::

    June 14
    December 1, observed                  also the Friday before a Saturday, the Monday after a Sunday
    last Friday of April
    first Monday of November + 1          days after it: Election Day
    Easter - 47                           days before Easter Sunday: Mardi Gras
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Raises ``ValueError`` for text of another form, or a date that no year has."""
        self._text = text
        if not list(self.dates(2028)):  # a leap year, so that 29 February is a date
            raise ValueError(f"{text!r} is no holiday; write 'June 14', 'last Friday of April' or 'Easter - 47'")

    def dates(self, year: int) -> Iterator[date]:
        """Its dates in one year; none where the year has no such date (29 February)."""
        if found := _FIXED.fullmatch(self._text):
            try:
                day = date(year, _MONTHS.index(found[1]) + 1, int(found[2]))
            except ValueError:
                return
            yield day
            if found[3] and day.weekday() >= 5:
                yield day + timedelta(days=-1 if day.weekday() == 5 else 1)
        elif found := _NTH.fullmatch(self._text):
            yield _nth(year, *found.groups()[:3]) + timedelta(days=int(found[4] or 0))
        elif found := _EASTER.fullmatch(self._text):
            yield easter(year) + timedelta(days=int(f"{found[1] or '+'}{found[2] or 0}"))


def _nth(year: int, ordinal: str, weekday: str, month: str) -> date:
    number, target = _MONTHS.index(month) + 1, _DAYS.index(weekday)
    if ordinal == "last":
        end = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - target) % 7)
    start = date(year, number, 1)
    return start + timedelta(days=(target - start.weekday()) % 7 + 7 * _ORDINALS.index(ordinal))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm: Meeus, "Astronomical Algorithms", ch. 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def library_days(code: str, year: int) -> Mapping[date, str]:
    """The public holidays of a country or a part of it (``US``, ``US-LA``) that fall into a year, by date.

    Days on which one is observed are in it too. Raises ``ValueError`` for a place that the library does not know, and
    ``ImportError`` where it is not installed. The first call imports the library.
    """
    import holidays

    country, _, subdivision = code.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, observed=True)
    except NotImplementedError:
        raise ValueError(f"the holidays library knows no place {code!r}") from None
    return {day: name for day, name in found.items() if day.year == year}
