"""Area codes of +1: all zones of the overlay family, and whose rules bind."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from dialconsole.compliance.hours import zone_info
from dialconsole.compliance.places.address import clock_of
from dialconsole.compliance.places.area_codes import TABLE, AreaCode, area_code_of
from dialconsole.compliance.places.countries import US_TERRITORIES
from dialconsole.compliance.places.states import states, zones_of_state
from dialconsole.compliance.places.table import lines_of
from dialconsole.compliance.zones import valid_zone


def found(code: str) -> AreaCode:
    answer = area_code_of(int(f"1{code}5550123"))
    assert answer is not None, code
    return answer


def codes() -> list[str]:
    return [line.split()[0] for line in lines_of(TABLE)]


@pytest.mark.parametrize(
    ("family", "zones"),
    [
        ("208 986", "Boise Denver Los_Angeles"),
        ("219", "Chicago New_York"),
        ("270 364", "Chicago New_York"),
        ("308", "Chicago Denver"),
        ("334", "Chicago New_York"),
        ("423", "Chicago New_York"),
        ("541 458", "Denver Los_Angeles"),
        ("574", "Chicago New_York"),
        ("605", "Chicago Denver North_Dakota/Center"),
        ("606", "Chicago New_York"),
        ("620", "Chicago Denver"),
        ("701", "Chicago Denver North_Dakota/Center"),
        ("706 762", "Chicago New_York"),
        ("709 879", "Halifax St_Johns"),
        ("775", "Boise Denver Los_Angeles"),
        ("785", "Chicago Denver"),
        ("807", "Toronto Winnipeg"),
        ("812 930", "Chicago New_York"),
        ("850 448", "Chicago New_York"),
        ("250 778 236 672 257", "Edmonton Vancouver"),
        ("418 581 367", "Halifax Toronto"),
        ("432", "Chicago Denver"),
        ("867", "Edmonton Fort_Nelson Toronto Vancouver Winnipeg"),
        ("906", "Chicago New_York"),
        ("915", "Chicago Denver"),
        ("928", "Denver Phoenix"),
        ("689 407", "New_York"),
        ("474 306 639", "Regina"),
    ],
)
def test_a_family_has_the_zones_of_all_its_codes(family: str, zones: str) -> None:
    """An overlay reaches into every zone of the code under it; wrong rows are patched."""
    for code in family.split():
        assert found(code).zones == tuple(f"America/{zone}" for zone in zones.split())


@pytest.mark.parametrize(
    ("code", "jurisdictions", "region"),
    [
        ("212", ("US-NY",), "US"),
        ("203", ("US-CT",), "US"),
        ("713", ("US-TX",), "US"),
        ("202", ("US-DC",), "US"),
        ("206", ("US-WA",), "US"),
        ("689", ("US-FL",), "US"),
        ("416", ("CA-ON",), "CA"),
        ("905", ("CA-ON",), "CA"),
        ("257", ("CA-BC",), "CA"),
        ("474", ("CA-SK",), "CA"),
        ("902", ("CA-NS", "CA-PE"), "CA"),
        ("867", ("CA-NT", "CA-NU", "CA-YT"), "CA"),
        ("787", ("US-PR",), "US"),
        ("671", ("US-GU",), "US"),
        ("876", ("JM",), "JM"),
        ("658", ("JM",), "JM"),
        ("345", ("KY",), "KY"),
        ("441", ("BM",), "BM"),
    ],
)
def test_an_area_code_is_routed_by_its_region(code: str, jurisdictions: tuple[str, ...], region: str) -> None:
    """+1 is 25 countries: states, provinces, territories of the United States, islands of their own."""
    assert (found(code).jurisdictions, found(code).region) == (jurisdictions, region)


@pytest.mark.parametrize("code", ["800", "833", "900", "500", "600", "622", "710", "200", "211", "555", "999"])
def test_codes_that_are_not_for_peoples_lines_are_not_in_the_table(code: str) -> None:
    """Toll-free, premium, personal, Canadian non-geographic, reserved and unassigned codes."""
    assert area_code_of(int(f"1{code}5550123")) is None


@pytest.mark.parametrize("number", [442079460123, 0, 1212, 212_555_0123])
def test_other_numbers_have_no_area_code(number: int) -> None:
    """Outside +1 an area code means something else."""
    assert area_code_of(number) is None


def test_every_state_has_an_area_code() -> None:
    """No state, province or inhabited territory is missing; every jurisdiction in the table is one or a country."""
    named = {jurisdiction for code in codes() for jurisdiction in found(code).jurisdictions}
    served = {code for code in states() if code.startswith(("US-", "CA-"))} - {"US-AA", "US-AE", "US-AP"}
    assert served <= named
    assert {code for code in named - served if len(code) != 2} == set()


def test_the_zones_of_a_code_are_on_its_states_clocks() -> None:
    """Wrong rows (Orlando in Chicago) would show here: a clock that none of the code's states keeps."""
    strange = {}
    for code in codes():
        clocks = {clock_of(zone) for state in found(code).jurisdictions for zone in zones_of_state(state)}
        outside = [zone for zone in found(code).zones if clocks and clock_of(zone) not in clocks]
        if outside:
            strange[code] = outside
    assert strange == {
        "706": ["America/Chicago"],  # Georgia's side of Phenix City, by our own patch
        "762": ["America/Chicago"],
        "867": ["America/Vancouver"],  # phonenumbers' word for towns on the Alaska Highway
        "907": ["Pacific/Honolulu"],  # and for the Aleutians, which keep summer time
    }


def test_no_code_has_fewer_zones_than_phonenumbers_rows() -> None:
    """A table older than phonenumbers may not hide a zone, but for the rows that are known to be wrong."""
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4 and prefix not in ("1689", "1474", "1879"):
            assert set(zones) <= set(found(prefix[1:4]).zones)
    assert all(valid_zone(zone) and zone_info(zone) for code in codes() for zone in found(code).zones)


def test_codes_of_the_table_are_phonenumbers_codes() -> None:
    """Each has a number that phonenumbers calls a person's line, in the country that the table names."""
    for code in codes():
        number = next(
            parsed
            for exchange in range(200, 1000)
            if phonenumbers.is_valid_number(parsed := phonenumbers.parse(f"+1{code}{exchange}1234"))
        )
        region = str(phonenumbers.region_code_for_number(number))
        named = found(code).jurisdictions[0]
        assert named == f"US-{region}" if region in US_TERRITORIES else named.startswith(region)
