"""A day on which nobody in a place is called: what an operator enters when a governor proclaims a holiday.

It stands here because rooms that do not know each other speak of it: ``store`` keeps it, ``compliance`` obeys it, the
console shows it.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class CalendarDay(Struct, frozen=True):
    """No call to ``jurisdiction`` on the callee's local date ``day``, whatever it is about."""

    jurisdiction: str
    """ISO 3166-2 (``US-LA``), or a country, which means all of it."""
    day: date
    reason: str
    by: str = ""
    at: float = 0.0
    """When it was entered, POSIX seconds."""
