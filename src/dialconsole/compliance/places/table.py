"""The committed tables of this package: text, so that a change of a border can be read in a diff.

Rejected: a pickled or deflated table (half the size, but nobody can see what an update changed), and asking the
sources at run time (the ZIP package takes 0.4 ms a look-up and 56 MB, the geocoder of area codes 104 MB).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

Zones = tuple[str, ...]
Jurisdictions = tuple[str, ...]

NOTHING = "-"
"""A cell that names no zone or no jurisdiction: a row may be known and still be nowhere."""


def lines_of(name: str) -> Iterator[str]:
    """The lines of a table that are neither empty nor a comment. Reads a file of some tens of kB."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def cell(line_part: str) -> tuple[str, ...]:
    """The values of one cell, which are separated by commas, sorted."""
    return () if line_part == NOTHING else tuple(sorted(line_part.split(",")))
