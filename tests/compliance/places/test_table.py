"""The committed tables: present, small, and saying where they come from."""

from __future__ import annotations

from importlib.resources import files

import pytest

from dialconsole.compliance.places import area_codes, states, zips
from dialconsole.compliance.places.table import cell, lines_of

TABLES = (zips.TABLE, area_codes.TABLE, states.TABLE)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_names_its_date_and_its_source(name: str) -> None:
    """A reader can tell how old it is and what made it; none of that reaches the rows."""
    text = files("dialconsole.compliance.places").joinpath("data", name).read_text(encoding="utf-8")
    header = " ".join(line for line in text.splitlines() if line.startswith("#"))
    assert "Date: 20" in header
    assert "Source" in header
    assert not any(line.startswith("#") or not line for line in lines_of(name))


def test_the_tables_are_small() -> None:
    """All of them together under 100 kB, uncompressed."""
    folder = files("dialconsole.compliance.places").joinpath("data")
    sizes = [len(folder.joinpath(name).read_bytes()) for name in TABLES]
    assert 20_000 < sum(sizes) < 100_000


def test_a_cell_may_be_empty() -> None:
    """A dash is nothing; values come sorted."""
    assert cell("-") == ()
    assert cell("b,a") == ("a", "b")
