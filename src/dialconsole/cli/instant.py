"""Instants as text: UTC for programs, the operator's own zone for people."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def iso(at: float | None) -> str | None:
    """POSIX seconds as ISO 8601 in UTC, ``2026-03-03T15:10:00Z``; microseconds only where there are some."""
    if at is None:
        return None
    return datetime.fromtimestamp(round(at * 1e6) / 1e6, UTC).isoformat().replace("+00:00", "Z")


def local(at: float | None, zone: str | None = None) -> str:
    """POSIX seconds for people: ``2026-03-03 10:10:00 EST``; a dash for none. ``zone``: IANA, else this machine's."""
    if at is None:
        return "-"
    from dialconsole.engine.zone import local_zone

    return datetime.fromtimestamp(at, ZoneInfo(zone or local_zone())).strftime("%Y-%m-%d %H:%M:%S %Z")


def seconds(duration: float | None) -> str:
    """A duration as ``0:42`` or ``1:02:03``; a dash for none."""
    if duration is None:
        return "-"
    minutes, rest = divmod(int(duration), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
