"""ZIP codes as lists hold them, and where they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.places.states import states, zones_of_state
from dialconsole.compliance.places.table import lines_of
from dialconsole.compliance.places.zips import TABLE, ZipPlace, normalise_zip, postcode_place, zip_place
from dialconsole.compliance.zones import valid_zone

EASTERN, CENTRAL, MOUNTAIN, ARIZONA = "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("02134", "02134"),
        (" 98101 ", "98101"),
        ("98101-1234", "98101"),
        ("98101 - 1234", "98101"),
        ("98101–1234", "98101"),
        ("98101 1234", "98101"),
        ("981011234", "98101"),
        ("98101-", "98101"),
        ("'02134", "02134"),
        ("2134", "02134"),
        ("501", "00501"),
        ("2134-1234", "02134"),
        ("21341234", "02134"),
        ("5010123", "00501"),
        ("2134.0", "02134"),
        ("98101.0", "98101"),
        ("98101,00", "98101"),
        ("", None),
        ("0", None),
        ("12", None),
        ("981012", None),
        ("98101-12", None),
        ("9810l", None),
        ("９８１０１", None),
        ("98101\x1b[1m", None),
        ("K1A 0B1", None),
        ("SW1A 1AA", None),
        ("WA 98101", None),
        ("9.8101E+04", None),
        ("-98101", None),
    ],
)
def test_a_zip_code_is_read_as_people_and_spreadsheets_write_it(text: str, digits: str | None) -> None:
    """+4 in all its forms, lost leading zeros, a column of numbers; what is no ZIP code is not guessed at."""
    assert normalise_zip(text) == digits


@pytest.mark.parametrize(("text", "digits"), [("2134", None), ("501", None), ("2134-1234", None), ("98101", "98101")])
def test_zeros_are_given_back_only_where_they_can_have_been_lost(text: str, digits: str | None) -> None:
    """2134 beside a number of Sydney is a postcode there, not Boston."""
    assert normalise_zip(text, lost_zeros=False) == digits


@settings(max_examples=200, deadline=None)
@given(st.integers(501, 99_950), st.integers(0, 9999))
def test_every_zip_code_survives_a_spreadsheet(code: int, plus_four: int) -> None:
    """As a number, as text, with +4 behind either: always the same five digits."""
    whole = f"{code:05}"
    for text in (whole, str(code), f"{whole}-{plus_four:04}", f"{code}-{plus_four:04}", f"{code}.0", f"{whole} "):
        assert normalise_zip(text) == whole


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_no_text_is_too_odd_for_a_zip_column(text: str) -> None:
    """Never an exception: a place, or nothing."""
    assert zip_place(text) is None or normalise_zip(text) is not None
    postcode_place(text)


@pytest.mark.parametrize(
    ("code", "zones", "states"),
    [
        ("10001", (EASTERN,), ("US-NY",)),
        ("02134", (EASTERN,), ("US-MA",)),
        ("2134", (EASTERN,), ("US-MA",)),
        ("00501", (EASTERN,), ("US-NY",)),
        ("60601", (CENTRAL,), ("US-IL",)),
        ("98101", ("America/Los_Angeles",), ("US-WA",)),
        ("96813", ("Pacific/Honolulu",), ("US-HI",)),
        ("00901", ("America/Puerto_Rico",), ("US-PR",)),
        ("96910", ("Pacific/Guam",), ("US-GU",)),
        ("46402", (CENTRAL,), ("US-IN",)),
        ("46204", ("America/Indiana/Indianapolis",), ("US-IN",)),
        ("32401", (CENTRAL,), ("US-FL",)),
        ("79901", (MOUNTAIN,), ("US-TX",)),
        ("86515", (MOUNTAIN,), ("US-AZ", "US-NM")),
        ("86001", (ARIZONA,), ("US-AZ",)),
        ("49801", ("America/Menominee",), ("US-MI",)),
        ("42223", (CENTRAL,), ("US-KY", "US-TN")),
        ("97914", ("America/Boise",), ("US-OR",)),
    ],
)
def test_a_zip_code_has_its_own_zone_and_state(code: str, zones: tuple[str, ...], states: tuple[str, ...]) -> None:
    """Also where its state has two zones, where the Navajo keep summer time, and over a state line."""
    assert zip_place(code) == ZipPlace(zones, states)


@pytest.mark.parametrize(
    ("code", "zones"),
    [
        ("36867", (CENTRAL, EASTERN)),
        ("89883", (MOUNTAIN, "America/Los_Angeles")),
        ("86045", (MOUNTAIN, ARIZONA)),
        ("86040", (MOUNTAIN, ARIZONA)),
        ("42757", (CENTRAL, EASTERN)),
        ("79942", (CENTRAL, MOUNTAIN)),
    ],
)
def test_where_the_sources_disagree_both_count(code: str, zones: tuple[str, ...]) -> None:
    """Phenix City, West Wendover, towns around the Navajo Nation and along the lines: both zones are candidates."""
    place = zip_place(code)
    assert place is not None
    assert place.zones == zones


@pytest.mark.parametrize("code", ["30374", "99634", "96960"])
def test_codes_with_broken_records_have_a_real_zone(code: str) -> None:
    """No coordinates (0, 0), a town's name in the place of a zone, an atoll "at sea": the sound source counts."""
    place = zip_place(code)
    assert place is not None
    assert place.zones
    assert all(valid_zone(zone) for zone in place.zones)


@pytest.mark.parametrize(("code", "state"), [("09012", "US-AE"), ("34002", "US-AA"), ("96201", "US-AP")])
def test_military_post_has_no_zone(code: str, state: str) -> None:
    """It is known, and it is nowhere."""
    assert zip_place(code) == ZipPlace((), (state,))


def test_a_code_that_is_not_listed_has_what_its_beginning_has() -> None:
    """32400 is in no list; codes of 324 lie in two zones of Florida, so both are its candidates."""
    assert zip_place("32400") == ZipPlace((CENTRAL, EASTERN), ("US-FL",))
    assert zip_place("10000") == ZipPlace((EASTERN,), ("US-NY",))


@pytest.mark.parametrize("code", ["00000", "00100", "21300", "34500"])
def test_a_beginning_that_is_not_listed_is_nowhere(code: str) -> None:
    """No code begins so: nothing can be said."""
    assert zip_place(code) is None


CROSSING = (
    "324 368 373 377 401 426 427 465 469 475 479 498 499 575 576 585 586 588 677 678 690 691 692 798 835 860 865 898"
)
"""Beginnings that lie in several zones, on the mainland."""


@pytest.mark.parametrize("zip3", CROSSING.split())
def test_a_beginning_on_a_line_has_codes_on_both_sides(zip3: str) -> None:
    """The table tells codes of one beginning apart, and what it does not list is on either side."""
    places = [place for n in range(100) if (place := zip_place(f"{zip3}{n:02}"))]
    union = {zone for place in places for zone in place.zones}
    assert len(union) >= 2
    assert any(set(place.zones) == union for place in places)
    assert any(len(place.zones) < len(union) for place in places)


def test_every_state_of_a_zip_code_is_a_state_with_that_zone() -> None:
    """The two tables agree: each zone of a ZIP code is among the zones of one of its states, and is a zone."""
    named: dict[str, set[str]] = {}
    for line in lines_of(TABLE):
        _, codes, zones = line.split()
        allowed = {zone for code in codes.split(",") for zone in zones_of_state(code)}
        assert set(zones.split(",")) - {"-"} <= allowed, line
        for code in codes.split(","):
            named.setdefault(code, set()).update(zones.split(","))
    assert all(valid_zone(zone) for zones in named.values() for zone in zones - {"-"})
    assert {code for code in states() if not code.startswith(("CA-", "AU-"))} == set(named)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("K1A 0B1", ("CA-ON",)),
        ("h2x1y4", ("CA-QC",)),
        ("V6B", ("CA-BC",)),
        ("X0A-0H0", ("CA-NT", "CA-NU")),
        ("D1A 0B1", None),
        ("SW1A 1AA", None),
        ("10001", None),
    ],
)
def test_a_canadian_postcode_tells_its_province(text: str, states: tuple[str, ...] | None) -> None:
    """Its first letter does; the zones are all of the province's."""
    place = postcode_place(text)
    assert (place and place.states) == states
    if place and states:
        assert set(place.zones) == {zone for code in states for zone in zones_of_state(code)}
