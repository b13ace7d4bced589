"""What people write in a state column, and all zones of a state."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.places.states import MILITARY, name_of, nearest_state, state_of, states, zones_of_state
from dialconsole.compliance.zones import valid_zone

STATES = """
AL Alabama: Chicago New_York; AK Alaska: Adak Anchorage; AZ Arizona: Denver Phoenix; AR Arkansas: Chicago;
CA California: Los_Angeles; CO Colorado: Denver; CT Connecticut: New_York; DE Delaware: New_York;
DC District of Columbia: New_York; FL Florida: Chicago New_York; GA Georgia: New_York; HI Hawaii: Honolulu;
ID Idaho: Boise Los_Angeles; IL Illinois: Chicago; IN Indiana: Chicago Indiana/Indianapolis; IA Iowa: Chicago;
KS Kansas: Chicago Denver; KY Kentucky: Chicago New_York; LA Louisiana: Chicago; ME Maine: New_York;
MD Maryland: New_York; MA Massachusetts: New_York; MI Michigan: Detroit Menominee; MN Minnesota: Chicago;
MS Mississippi: Chicago; MO Missouri: Chicago; MT Montana: Denver; NE Nebraska: Chicago Denver;
NV Nevada: Denver Los_Angeles; NH New Hampshire: New_York; NJ New Jersey: New_York; NM New Mexico: Denver;
NY New York: New_York; NC North Carolina: New_York; ND North Dakota: Chicago Denver; OH Ohio: New_York;
OK Oklahoma: Chicago; OR Oregon: Boise Los_Angeles; PA Pennsylvania: New_York; RI Rhode Island: New_York;
SC South Carolina: New_York; SD South Dakota: Chicago Denver; TN Tennessee: Chicago New_York;
TX Texas: Chicago Denver; UT Utah: Denver; VT Vermont: New_York; VA Virginia: New_York;
WA Washington: Los_Angeles; WV West Virginia: New_York; WI Wisconsin: Chicago; WY Wyoming: Denver
"""
"""The fifty and the capital, with the zones that differ on a clock."""

TABLE = [
    (row.split(":")[0].split(" ", 1)[0], row.split(":")[0].split(" ", 1)[1], row.split(":")[1].split())
    for row in " ".join(STATES.split()).split("; ")
]


def test_the_table_here_has_all_states() -> None:
    """Fifty states and the District of Columbia."""
    assert len({short for short, _, _ in TABLE}) == 51


@pytest.mark.parametrize(("short", "name", "zones"), TABLE, ids=[short for short, _, _ in TABLE])
def test_a_state_is_read_and_has_all_its_zones(short: str, name: str, zones: list[str]) -> None:
    """By name, abbreviation and ISO code, in any case; every zone that its people live by is there."""
    code = f"US-{short}"
    for text in (short, short.lower(), f" {short[0]}.{short[1]}. ", name, name.upper(), name.lower(), code):
        assert state_of(text) == code, text
    places = {zone if zone == "Honolulu" else f"America/{zone}" for zone in zones}
    assert {zone.removeprefix("Pacific/") for zone in zones_of_state(code)} >= places
    if len(zones) == 1:
        assert len(zones_of_state(code)) == 1
    assert name_of(code) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Fla.", "US-FL"),
        ("Calif.", "US-CA"),
        ("N. Car.", "US-NC"),
        ("W.Va.", "US-WV"),
        ("Penna", "US-PA"),
        ("Mass", "US-MA"),
        ("D.C.", "US-DC"),
        ("Washington, D.C.", "US-DC"),
        ("new  york", "US-NY"),
        ("Puerto Rico", "US-PR"),
        ("u.s. virgin islands", "US-VI"),
        ("Guam", "US-GU"),
        ("AE", "US-AE"),
        ("Palau", "PW"),
        ("Ont.", "CA-ON"),
        ("Québec", "CA-QC"),
        ("PQ", "CA-QC"),
        ("P.E.I.", "CA-PE"),
        ("Newfoundland & Labrador", "CA-NL"),
        ("ＦＬ", "US-FL"),
        ("Florid", None),
        ("XX", None),
        ("", None),
        ("  ", None),
        ("FL\x1b[0m1", None),
        ("A" * 10_000, None),
    ],
)
def test_states_as_people_write_them(text: str, code: str | None) -> None:
    """Traditional abbreviations, dots, accents, territories, provinces; nothing is guessed."""
    assert state_of(text) == code


@pytest.mark.parametrize(
    ("text", "country_code", "code"),
    [
        ("WA", 1, "US-WA"),
        ("WA", 61, "AU-WA"),
        ("NT", 1, "CA-NT"),
        ("NT", 61, "AU-NT"),
        ("NSW", 1, None),
        ("CA", 44, None),
        ("California", 44, "US-CA"),
        ("Western Australia", 1, "AU-WA"),
    ],
)
def test_abbreviations_belong_to_the_numbers_country(text: str, country_code: int, code: str | None) -> None:
    """WA is Washington or Western Australia by the number beside it; a whole name is the same everywhere."""
    assert state_of(text, country_code=country_code) == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Flordia", "Florida"),
        ("Massachusets", "Massachusetts"),
        ("conneticut", "Connecticut"),
        ("North Carolnia", "North Carolina"),
        ("FX", None),
        ("Narnia and beyond", None),
        ("", None),
        ("A" * 10_000, None),
    ],
)
def test_a_typo_brings_the_nearest_name(text: str, name: str | None) -> None:
    """A suggestion for a sentence; two letters are like too many states to suggest any."""
    assert nearest_state(text) == name


def test_every_zone_of_a_state_is_a_zone() -> None:
    """Sorted, real, and none only for military post."""
    for state in states().values():
        assert list(state.zones) == sorted(state.zones)
        assert all(valid_zone(zone) for zone in state.zones)
        assert bool(state.zones) == (state.code not in MILITARY)


def test_no_name_and_no_abbreviation_stands_for_two_states() -> None:
    """Each state is found again by everything that stands in its row."""
    for code, state in states().items():
        assert state_of(state.name) == code
        assert state_of(code) == code
    assert zones_of_state("US-XX") == ()
    assert name_of("DE") == "DE"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_too_odd_for_a_state_column(text: str) -> None:
    """Never an exception; what is read is a state."""
    assert state_of(text) is None or state_of(text) in states()
    nearest_state(text)
