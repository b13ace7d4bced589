"""Cells that name a zone, or a point in one."""

from __future__ import annotations

import pytest

from dialconsole.lists.fault import Fault
from dialconsole.lists.zoning import REMEMBERED, ZoneReader
from dialconsole.model.contact import RowFault
from kit.zoning import CENTRAL, EASTERN, FewZones


@pytest.mark.parametrize("name", ["America/Chicago", "america/chicago", "America/chicago", "AMERICA/CHICAGO"])
def test_a_zone_by_name(name: str) -> None:
    """IANA names are read in any case."""
    assert ZoneReader(FewZones()).of_name(name) == CENTRAL


def test_a_slip_in_a_zone_names_the_nearest() -> None:
    """A mistyped zone is never guessed, only suggested; one like no other gets an example."""
    reader = ZoneReader(FewZones())
    slip, other = reader.of_name("America/Chicgo"), reader.of_name("\x1b[1mMars")
    assert slip == Fault(RowFault.BAD_ZONE, "“America/Chicgo” is no time zone. Did you mean America/Chicago?")
    assert isinstance(other, Fault)
    assert "IANA name such as" in other.reason
    assert "\x1b" not in other.reason


def test_a_zone_is_looked_up_once() -> None:
    """A column repeats its zones a million times; a column of rubbish does not fill memory."""
    zoning = FewZones()
    reader = ZoneReader(zoning)
    for _ in range(5):
        reader.of_name(EASTERN)
    assert zoning.names_looked_up == 1
    for i in range(REMEMBERED + 50):
        reader.of_name(f"rubbish {i}")
    assert len(reader._by_name) == REMEMBERED


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"), [("41.9", "-87.6", CENTRAL), ("+40,7", "-74", EASTERN), ("90", "-180", CENTRAL)]
)
def test_a_point(latitude: str, longitude: str, zone: str) -> None:
    """Degrees with a point or a decimal comma, up to the poles and the date line."""
    assert ZoneReader(FewZones()).of_point(latitude, longitude) == zone


@pytest.mark.parametrize(
    ("latitude", "longitude", "says"),
    [
        ("90.1", "0", "no latitude"),
        ("40", "-180.5", "no longitude"),
        ("40.7", "", "longitude is missing"),
        ("", "-74", "latitude is missing"),
        ("nan", "inf", "no latitude"),
        ("1e1", "5", "no latitude"),
        ("0", "0.0", "Atlantic"),
        ("40.7", "74", "lies at sea"),
        ("٤٠°", "5", "no latitude"),
    ],
)
def test_a_point_that_is_none(latitude: str, longitude: str, says: str) -> None:
    """Half a point, no number, off the globe, 0/0 or the open sea: the row is rejected with the reason."""
    fault = ZoneReader(FewZones()).of_point(latitude, longitude)
    assert isinstance(fault, Fault)
    assert fault.fault is RowFault.BAD_COORDINATES
    assert says in fault.reason
