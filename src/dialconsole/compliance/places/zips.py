"""The zones and states that a ZIP code lies in, from a table that is committed with the program.

A ZIP code belongs to one place on the map far more surely than a number does, yet it only ever adds candidates. Where
the sources disagree both are right: Phenix City, Alabama, lies in the Central zone and keeps Eastern time. A code that
the table does not list has the zones and states of all codes that begin like it; 900 of 930 beginnings have one answer.
How the table is made, and what it cannot know: ``tools/make_zip_table.py``, docs/zones.md.
"""

from __future__ import annotations

import re
from array import array
from functools import cache

from msgspec import Struct

from dialconsole.compliance.places.states import zones_of_state
from dialconsole.compliance.places.table import Jurisdictions, Zones, cell, lines_of

TABLE = "zips.txt"

_ZIP5 = re.compile(r"'?\s*(\d{5})(?:\s*[-‐–— ]\s*(?:\d{4})?|\d{4})?\s*", re.ASCII)
"""With or without +4; the apostrophe is how people keep a spreadsheet from eating the zero."""

_LOST_ZEROS = re.compile(r"'?\s*(?:(\d{3,4})(?:\s*[-‐–— ]\s*\d{4}|[.,]0+)?|(\d{3,4})\d{4})\s*", re.ASCII)
"""What a spreadsheet leaves of 00501 and 02134, of their +4 forms, and of a column that it took for numbers."""

_FLOAT = re.compile(r"(\d{5})[.,]0+", re.ASCII)


class ZipPlace(Struct, frozen=True):
    """Every zone and every state that a code may mean, both sorted."""

    zones: Zones
    """Empty for military post, which is delivered all over the world."""
    states: Jurisdictions
    """ISO 3166-2 codes, as in ``states``."""


def normalise_zip(text: str, *, lost_zeros: bool = True) -> str | None:
    """The five digits of a ZIP code as people and spreadsheets write it; ``None`` for what is none.

    ``lost_zeros``: three or four digits are read as a code that lost its leading zeros. Not for rows from elsewhere:
    2134 is also a postcode of Sydney.
    """
    found = _ZIP5.fullmatch(text) or _FLOAT.fullmatch(text.strip())
    if found:
        return found[1]
    found = _LOST_ZEROS.fullmatch(text) if lost_zeros else None
    return (found[1] or found[2]).zfill(5) if found else None


def zip_place(zip: str, *, lost_zeros: bool = True) -> ZipPlace | None:
    """Where a ZIP code is, written in any way that ``normalise_zip`` reads; ``None`` if that cannot be said.

    The first call reads the table (some 3 ms).
    """
    digits = normalise_zip(zip, lost_zeros=lost_zeros)
    if digits is None:
        return None
    index, places = _table()
    return places[index[int(digits)]]


@cache
def _table() -> tuple[array[int], list[ZipPlace | None]]:
    """For each of 100,000 codes an index into the places; 0 where no code is known to begin so."""
    index = array("H", bytes(2 * 100_000))
    places: dict[ZipPlace | None, int] = {None: 0}
    for line in lines_of(TABLE):  # a ZIP3 stands before the codes in it that have an answer of their own
        codes, states, zones = line.split()
        place = places.setdefault(ZipPlace(cell(zones), cell(states)), len(places))
        first, last = codes[: (half := len(codes) // 2)], codes[half + 1 :]
        if "-" not in codes:
            first = last = codes
        start, end = int(first.ljust(5, "0")), int(last.ljust(5, "9")) + 1
        index[start:end] = array("H", [place]) * (end - start)
    return index, list(places)


# -- Canada -------------------------------------------------------------------------------------------------------

_POSTCODE = re.compile(r"\s*([ABCEGHJKLMNPRSTVXY])\d[A-Z]\s*-?\s*(?:\d[A-Z]\d)?\s*", re.ASCII | re.IGNORECASE)

_PROVINCES = {
    letter: tuple(f"CA-{province}" for province in provinces.split())
    for letters, provinces in (
        ("A", "NL"),
        ("B", "NS"),
        ("C", "PE"),
        ("E", "NB"),
        ("GHJ", "QC"),
        ("KLMNP", "ON"),
        ("R", "MB"),
        ("S", "SK"),
        ("T", "AB"),
        ("V", "BC"),
        ("X", "NT NU"),
        ("Y", "YT"),
    )
    for letter in letters
}
"""The first letter of a Canadian postcode tells the province (Canada Post, addressing guidelines)."""


def postcode_place(text: str) -> ZipPlace | None:
    """The province, and all its zones, of a Canadian postcode or of its first three characters; else ``None``."""
    found = _POSTCODE.fullmatch(text)
    if found is None:
        return None
    provinces = _PROVINCES[found[1].upper()]
    return ZipPlace(tuple(sorted({zone for code in provinces for zone in zones_of_state(code)})), provinces)
