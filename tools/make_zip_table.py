"""Writes the ZIP table anew: ``python tools/make_zip_table.py [FILE]``.

Needs the package ``zipcodes`` (a pure data package, MIT licence), which the program itself never imports. For every ZIP
code two zones are asked for: that of its centroid, by timezonefinder, and the one that the package names. They agree
for all but some thirty codes; where they do not, both are written. What is known to be wrong in the package:

- 52 codes of single companies and post office boxes have no coordinates (0, 0): only its own zone counts;
- 823 codes of military post have no place at all, and a handful of them coordinates in Alaska: no zone is written;
- one code has the name of its town for a zone, and Majuro lies at sea: only the other source counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent.parent / "src/dialconsole/compliance/places/data/zips.txt"

MILITARY = "MILITARY"

COUNTRIES = frozenset({"FM", "MH", "PW"})
"""Freely associated states: the Postal Service serves them, but they are countries of their own."""

OVER_A_STATE_LINE = {
    "02861": "MA", "42223": "TN", "59221": "ND", "63673": "IL", "71749": "LA", "73949": "TX", "81137": "NM",
    "84536": "AZ", "86044": "UT", "86515": "NM", "88063": "TX", "89439": "CA", "97635": "CA",
}  # fmt: skip
"""Codes with towns in two states (Census Bureau, ZCTA to place relationship file 2010), which the package gives one."""

ZoneAt = Callable[[float, float], str | None]


class Place(NamedTuple):
    zones: frozenset[str]
    states: frozenset[str]


def place_of(record: Mapping[str, str], zone_at: ZoneAt, is_zone: Callable[[str], bool]) -> Place:
    """Zones and states of one record of the package: ``zip_code, zip_code_type, state, timezone, lat, long``."""
    states = {record["state"], OVER_A_STATE_LINE.get(record["zip_code"], record["state"])}
    codes = frozenset(state if state in COUNTRIES else f"US-{state}" for state in states)
    if record["zip_code_type"] == MILITARY:
        return Place(frozenset(), codes)
    lat, lng = float(record["lat"] or 0), float(record["long"] or 0)
    zones = {zone_at(lat, lng) if lat or lng else None, record["timezone"] if is_zone(record["timezone"]) else None}
    return Place(frozenset(zone for zone in zones if zone), codes)


def places_of(
    records: Iterable[Mapping[str, str]], zone_at: ZoneAt, is_zone: Callable[[str], bool]
) -> dict[str, Place]:
    """The place of every ZIP code, in order."""
    return dict(sorted((record["zip_code"], place_of(record, zone_at, is_zone)) for record in records))


def rows(places: Mapping[str, Place]) -> Iterator[str]:
    """Lines of the table: every ZIP3 with the union of its codes, then the codes in it that have less than that."""
    by_zip3 = {zip3: list(codes) for zip3, codes in groupby(sorted(places), key=lambda code: code[:3])}
    unions = {
        zip3: Place(
            frozenset().union(*(places[code].zones for code in codes)),
            frozenset().union(*(places[code].states for code in codes)),
        )
        for zip3, codes in by_zip3.items()
    }
    uniform = {zip3 for zip3, codes in by_zip3.items() if all(places[code] == unions[zip3] for code in codes)}
    alone = {zip3: None if zip3 in uniform else zip3 for zip3 in by_zip3}  # a key that no neighbour shares
    for first, last in _runs(sorted(by_zip3), lambda zip3: (unions[zip3], alone[zip3])):
        yield _row(first, last, unions[first])
        if first not in uniform:
            for start, end in _runs(by_zip3[first], places.__getitem__):
                if places[start] != unions[first]:
                    yield _row(start, end, places[start])


def _runs(codes: Iterable[str], key: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    """First and last of successive codes without a gap and with one key."""
    numbered = ((int(code) - n, key(code), code) for n, code in enumerate(codes))
    for _, run in groupby(numbered, key=lambda item: item[:2]):
        members = [code for _, _, code in run]
        yield members[0], members[-1]


def _row(first: str, last: str, place: Place) -> str:
    codes = first if first == last else f"{first}-{last}"
    return f"{codes} {','.join(sorted(place.states))} {','.join(sorted(place.zones)) or '-'}"


def table() -> list[str]:
    """The rows as the packages that are installed make them."""
    from dialconsole.compliance.zones import valid_zone, zone_at

    return list(rows(places_of(import_module("zipcodes").list_all(), zone_at, valid_zone)))


def header() -> str:
    return (
        "# ZIP codes: time zones and states. Made by tools/make_zip_table.py; do not edit.\n"
        "#\n"
        f"# Date: {datetime.now(UTC):%Y-%m-%d}. Sources: Python package zipcodes {version('zipcodes')} (MIT licence;\n"
        f"# states, zones, centroids), timezonefinder {version('timezonefinder')} (the zone of each centroid).\n"
        "#\n"
        "# A row of three digits: all codes that begin so, those that exist in no list too. A row of five digits:\n"
        "# codes with an answer of their own. Codes, states (ISO 3166-2), zones.\n"
    )


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.write_text(header() + "\n".join(table()) + "\n", encoding="utf-8")
