"""What a list would do if it were dialed: counted before anything is imported.

Plain data; whoever shows it decides how. The hours are asked through a function, because the calling window belongs
to another room and to the campaign's settings, and "now" to the engine's clock.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from dialconsole.lists.reading import CallList
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, RowFault, ZoneSource

EXAMPLES = 3
"""Rejected rows shown of each fault: the first ones say what is wrong with the list, the rest repeat it."""

WindowNow = Callable[[tuple[str, ...]], tuple[bool, float]]
"""Zones -> whether their common window is open now, and when that changes (POSIX seconds, ``inf`` for never)."""


class Example(Struct, frozen=True):
    line: int
    reason: str


class FaultCount(Struct, frozen=True):
    fault: RowFault
    rows: int
    examples: tuple[Example, ...]


class ZoneCount(Struct, frozen=True):
    """Contacts that share one set of candidate zones, and so one window."""

    zones: tuple[str, ...]
    """Empty: the zone is unknown, and nobody of them is dialed."""
    contacts: int
    open: bool
    changes_at: float | None
    """POSIX seconds; ``None`` if the window is unknown or never changes."""


class Preflight(Struct, frozen=True):
    name: str
    sha256: str
    rows: int
    """Rows below the header that are not blank: contacts, duplicates and rejected rows together."""
    contacts: int
    duplicates: int
    rejected: int
    faults: tuple[FaultCount, ...]
    """The most frequent first."""
    zones: tuple[ZoneCount, ...]
    """The largest first."""
    zone_sources: dict[ZoneSource, int]
    """Contacts by where their zones came from."""
    open_now: int
    opens_later: int
    unknown: int
    """Contacts whose zones are not known, or have no common hour in the window."""
    notes: tuple[str, ...]


def check_list(call_list: CallList, window_now: WindowNow) -> Preflight:
    """Read the whole list once. Raises ``Problem`` as ``CallList.rows`` does."""
    rows = duplicates = 0
    zones: Counter[tuple[str, ...]] = Counter()
    sources: Counter[ZoneSource] = Counter()
    faults: Counter[RowFault] = Counter()
    examples: dict[RowFault, list[Example]] = {}
    for row in call_list.rows():
        rows += 1
        match row:
            case Contact():
                zones[row.zones] += 1
                sources[row.zone_source] += 1
            case Duplicate():
                duplicates += 1
            case RejectedRow():
                faults[row.fault] += 1
                first = examples.setdefault(row.fault, [])
                if len(first) < EXAMPLES:
                    first.append(Example(row.line, row.reason))
    by_zone = tuple(_zone_count(group, contacts, window_now) for group, contacts in zones.most_common())
    opens_later = sum(z.contacts for z in by_zone if not z.open and z.changes_at is not None)
    open_now = sum(z.contacts for z in by_zone if z.open)
    return Preflight(
        name=call_list.name,
        sha256=call_list.sha256,
        rows=rows,
        contacts=zones.total(),
        duplicates=duplicates,
        rejected=faults.total(),
        faults=tuple(FaultCount(fault, count, tuple(examples[fault])) for fault, count in faults.most_common()),
        zones=by_zone,
        zone_sources=dict(sources),
        open_now=open_now,
        opens_later=opens_later,
        unknown=zones.total() - open_now - opens_later,
        notes=call_list.notes,
    )


def _zone_count(zones: tuple[str, ...], contacts: int, window_now: WindowNow) -> ZoneCount:
    if not zones:
        return ZoneCount(zones, contacts, open=False, changes_at=None)
    is_open, changes_at = window_now(zones)
    return ZoneCount(zones, contacts, is_open, changes_at if math.isfinite(changes_at) else None)
