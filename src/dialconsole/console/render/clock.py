"""Instants and spans as a person reads them, in the operator's zone."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):  # the engine's zone data is newer than ours: better UTC, which says so, than nothing
        return ZoneInfo("UTC")


def local(at: float, zone: str) -> datetime:
    """POSIX seconds as a time in ``zone`` (IANA)."""
    return datetime.fromtimestamp(at, _zone(zone))


def hour(at: float, zone: str) -> str:
    """``21:00``."""
    return local(at, zone).strftime("%H:%M")


def hour_then(at: float, now: float, zone: str) -> str:
    """``11:00`` today, ``Wed 8:00`` within a week, ``2 Apr`` later: the day of a week alone would be one too early."""
    then = local(at, zone)
    clock, ahead = f"{then.hour}:{then.minute:02}", abs((then.date() - local(now, zone).date()).days)
    if ahead >= _WEEK:
        return f"{then.day} {_MONTHS[then.month - 1]}"
    return f"{_DAYS[then.weekday()]} {clock}" if ahead else clock


def moment(at: float, zone: str) -> str:
    """``3 Mar 10:02``."""
    then = local(at, zone)
    return f"{then.day} {_MONTHS[then.month - 1]} {then:%H:%M}"


def header_time(at: float, zone: str, *, year: bool) -> str:
    """``Tue 3 Mar 10:14:32 EST``, with the year where there is room."""
    then = local(at, zone)
    date = f"{_DAYS[then.weekday()]} {then.day} {_MONTHS[then.month - 1]}"
    return f"{date}{f' {then.year}' if year else ''} {then:%H:%M:%S %Z}"


def header_clock(at: float, zone: str, *, abbreviation: bool) -> str:
    """``10:14:32 EST``, or only ``10:14:32``: what is left of ``header_time`` on a narrow terminal."""
    return local(at, zone).strftime("%H:%M:%S %Z" if abbreviation else "%H:%M:%S")


def stamp(at: float, zone: str) -> str:
    """``10:14:21.902``, for the ladder."""
    then = local(at, zone)
    return f"{then:%H:%M:%S}.{then.microsecond // 1000:03}"


def span(seconds: float) -> str:
    """A rough length in words: ``14 s``, ``4 min``, ``2 h 10 min``, ``3 days``."""
    whole = max(0, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"
    return f"{minutes // (24 * 60)} days"


def ago(seconds: float) -> str:
    """``just now``, ``4 min ago``."""
    return "just now" if seconds < 5 else f"{span(seconds)} ago"


_WEEK = 7

# Not strftime's names: they follow the locale, and the screens are English.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
