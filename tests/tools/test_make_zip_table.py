"""The script behind the ZIP table, and that the committed table is what it makes."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dialconsole.compliance.zones import valid_zone

TOOL = runpy.run_path(str(Path(__file__).parent.parent.parent / "tools" / "make_zip_table.py"))

EASTERN, CENTRAL = "America/New_York", "America/Chicago"


def record(code: str, state: str, zone: str, lat: str = "40.0", long: str = "-80.0", kind: str = "STANDARD") -> Any:
    return {"zip_code": code, "zip_code_type": kind, "state": state, "timezone": zone, "lat": lat, "long": long}


def place(record: Mapping[str, str], at: str | None = EASTERN) -> tuple[set[str], set[str]]:
    """Zones and states that the script makes of a record whose centroid lies in ``at``."""
    found = TOOL["place_of"](record, lambda lat, lng: at, valid_zone)
    return set(found.zones), set(found.states)


@pytest.mark.parametrize(
    ("row", "at", "zones", "states"),
    [
        (record("10001", "NY", EASTERN), EASTERN, {EASTERN}, {"US-NY"}),
        (record("36867", "AL", CENTRAL), EASTERN, {CENTRAL, EASTERN}, {"US-AL"}),
        (record("30374", "GA", EASTERN, "0", "0.0000"), CENTRAL, {EASTERN}, {"US-GA"}),
        (record("30374", "GA", EASTERN, "", ""), CENTRAL, {EASTERN}, {"US-GA"}),
        (record("99634", "AK", "Napakiak"), "America/Anchorage", {"America/Anchorage"}, {"US-AK"}),
        (record("96960", "MH", "Pacific/Majuro"), None, {"Pacific/Majuro"}, {"MH"}),
        (record("96500", "AP", "", "60", "-150", "MILITARY"), "America/Anchorage", set(), {"US-AP"}),
        (record("42223", "KY", CENTRAL), CENTRAL, {CENTRAL}, {"US-KY", "US-TN"}),
    ],
)
def test_a_record_becomes_a_place(row: Mapping[str, str], at: str | None, zones: set[str], states: set[str]) -> None:
    """Both sources where they disagree, the sound one where one is broken, none for military post."""
    assert place(row, at) == (zones, states)


def test_rows_hold_what_the_beginning_does_not_say() -> None:
    """Equal neighbours are one row; in a mixed beginning only codes that have less than the union stand alone."""
    records = [
        record("10001", "NY", EASTERN),
        record("10155", "NY", EASTERN),
        record("10300", "NY", EASTERN),
        record("32401", "FL", EASTERN),
        record("32402", "FL", EASTERN),
        record("32404", "FL", EASTERN),
        record("32405", "FL", CENTRAL),
    ]
    places = TOOL["places_of"](records, lambda lat, lng: EASTERN, valid_zone)
    assert list(TOOL["rows"](places)) == [
        "100-101 US-NY America/New_York",
        "103 US-NY America/New_York",
        "324 US-FL America/Chicago,America/New_York",
        "32401-32402 US-FL America/New_York",
        "32404 US-FL America/New_York",
    ]


def test_the_script_makes_the_committed_table() -> None:
    """All 42,000 codes again, when the package they come from is installed."""
    pytest.importorskip("zipcodes", reason="the ZIP table is compared only where `pip install zipcodes` was done")
    committed = [line for line in TOOL["FILE"].read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert TOOL["table"]() == committed, "run tools/make_zip_table.py again and look at what changed"


def test_a_table_begins_with_its_date_and_its_sources() -> None:
    """So that a reader of the file knows how old it is."""
    pytest.importorskip("zipcodes", reason="its version stands in the header")
    assert all(line.startswith("#") for line in TOOL["header"]().splitlines())
    assert "Date: 20" in TOOL["header"]()
