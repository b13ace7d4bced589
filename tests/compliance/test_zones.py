"""The zones of a number, of a name, of a point; the traps were measured with phonenumbers 9.0."""

from __future__ import annotations

import subprocess
import sys
from array import array
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import phonenumbers
import phonenumbers.timezone
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType as Type
from phonenumbers.tzdata import TIMEZONE_DATA

from dialconsole.compliance.places.area_codes import area_code_of
from dialconsole.compliance.zones import (
    ASK,
    fault_position,
    faults_of_exchanges,
    nearest_zone,
    valid_zone,
    zone_at,
    zones_of_number,
)
from dialconsole.model.zone import NumberFault

CALLABLE = {Type.FIXED_LINE, Type.MOBILE, Type.FIXED_LINE_OR_MOBILE}


def e164_example(region: str, kind: int) -> str:
    """A number of a kind from phonenumbers' own examples, for ranges that have no fictional numbers."""
    number = phonenumbers.example_number_for_type(region, kind)
    assert number is not None, f"phonenumbers knows no {kind} number of {region}"
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125550123", ("America/New_York",)),
        ("+16025550123", ("America/Phoenix",)),
        ("+18085550123", ("Pacific/Honolulu",)),
        ("+19075550123", ("America/Adak", "America/Anchorage", "America/Juneau", "Pacific/Honolulu")),
        ("+17755550123", ("America/Boise", "America/Denver", "America/Los_Angeles")),
        ("+19865550123", ("America/Boise", "America/Denver", "America/Los_Angeles")),
        ("+17095550123", ("America/Halifax", "America/St_Johns")),
        ("+18795550123", ("America/Halifax", "America/St_Johns")),
        ("+13065550123", ("America/Regina",)),
        ("+17875550123", ("America/Puerto_Rico",)),
        ("+16585550123", ("America/Jamaica",)),
        ("+18765550123", ("America/Jamaica",)),
        ("+442079460123", ("Europe/London",)),
    ],
)
def test_all_zones_of_the_area_code_are_candidates(number: str, zones: tuple[str, ...]) -> None:
    """Every zone of the area code and its overlays is a candidate, sorted, by text and by digits alike."""
    assert zones_of_number(number).zones == zones
    assert zones_of_number(int(number)).zones == zones


@pytest.mark.parametrize(
    ("region", "zone"),
    [("BB", "America/Barbados"), ("BM", "Atlantic/Bermuda"), ("JM", "America/Jamaica"), ("AG", "America/Antigua")],
)
def test_an_islands_mobile_number_has_the_islands_zone(region: str, zone: str) -> None:
    """phonenumbers' own function says all 42 zones of +1 for these mobiles; the island's own zone is what counts."""
    number = e164_example(region, Type.MOBILE)
    assert len(phonenumbers.timezone.time_zones_for_number(phonenumbers.parse(number))) > 40
    assert zones_of_number(number).zones == (zone,)


@pytest.mark.parametrize(
    ("number", "zones"), [("+16895550123", ("America/New_York",)), ("+14745550123", ("America/Regina",))]
)
def test_wrong_rows_of_phonenumbers_are_patched(number: str, zones: tuple[str, ...]) -> None:
    """689 (Orlando) is Eastern, 474 (Saskatchewan) keeps no summer time."""
    assert zones_of_number(number).zones == zones


@pytest.mark.parametrize(
    ("number", "zone"),
    [("+12194620123", "America/Chicago"), ("+12086220123", "America/Denver"), ("+17016230123", "America/Denver")],
)
def test_an_exchange_that_is_listed_has_its_own_zone(number: str, zone: str) -> None:
    """The exchanges of Valparaiso, Sun Valley and Bowman are told apart from the rest of their area codes."""
    assert zones_of_number(number).zones == (zone,)


def test_an_area_code_that_is_newer_than_the_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """phonenumbers knows it, the table does not: where it rings is not assumed to be like anywhere else."""
    monkeypatch.setattr("dialconsole.compliance.zones._exchanges", array("H", bytes(2 * 1_000_000)))
    monkeypatch.setattr("dialconsole.compliance.zones.area_code_of", lambda number: None)
    found = zones_of_number("+12125550123")
    assert (found.zones, found.fault) == ((), NumberFault.NEW_AREA_CODE)
    assert "not called" in found.sentence


@pytest.mark.parametrize(
    ("region", "kind", "fault"),
    [
        ("US", Type.TOLL_FREE, NumberFault.TOLL_FREE),
        ("US", Type.PREMIUM_RATE, NumberFault.PREMIUM),
        ("US", Type.PERSONAL_NUMBER, NumberFault.PERSONAL),
        ("CA", Type.VOIP, NumberFault.NON_GEOGRAPHIC),
        ("GB", Type.TOLL_FREE, NumberFault.TOLL_FREE),
        ("GB", Type.PREMIUM_RATE, NumberFault.PREMIUM),
        ("GB", Type.PERSONAL_NUMBER, NumberFault.PERSONAL),
        ("GB", Type.VOIP, NumberFault.NON_GEOGRAPHIC),
        ("GB", Type.PAGER, NumberFault.SERVICE),
        ("GB", Type.UAN, NumberFault.SERVICE),
        ("DE", Type.SHARED_COST, NumberFault.SHARED_COST),
        ("DE", Type.VOICEMAIL, NumberFault.SERVICE),
    ],
)
def test_numbers_that_are_no_persons_line_are_refused(region: str, kind: int, fault: NumberFault) -> None:
    """Toll-free, premium, shared cost, personal, Internet-only and service numbers: no zones, a code, a sentence."""
    found = zones_of_number(e164_example(region, kind))
    assert (found.zones, found.fault, found.callable) == ((), fault, False)
    assert found.sentence.endswith("not called.")


@pytest.mark.parametrize("npa", ["800", "833", "844", "855", "866", "877", "888"])
def test_every_toll_free_code_is_refused(npa: str) -> None:
    """All seven toll-free codes of +1, which phonenumbers would place in 42 zones."""
    assert zones_of_number(f"+1{npa}5550123").fault is NumberFault.TOLL_FREE


@pytest.mark.parametrize(
    "number",
    ["+12225550123", "+11115550123", "+1201555012", "+120155501234", "+1", "", "+", "junk", "+1201555o123", "+0123",
     "++12015550123", "+１２０１５５５０１２３", "+" + "9" * 40, 0, -12015550123, 10**15, 10**400],
)  # fmt: skip
def test_unassigned_and_malformed_numbers_are_refused(number: int | str) -> None:
    """Whatever is no assigned E.164 number is refused as invalid, never guessed at, and never an exception."""
    found = zones_of_number(number)
    assert (found.zones, found.fault) == ((), NumberFault.INVALID)
    assert found.sentence


def test_a_number_of_a_worldwide_network_is_refused() -> None:
    """A valid number without a place (Etc/Unknown) has no zone, so it cannot be called at a decent hour."""
    number = phonenumbers.example_number_for_non_geo_entity(870)
    assert number is not None
    found = zones_of_number(f"+870{number.national_number}")
    assert found.fault in (NumberFault.PLACELESS, NumberFault.NON_GEOGRAPHIC)


@pytest.mark.parametrize(("region", "count"), [("GB", 4), ("AU", 8), ("RU", 16)])
def test_a_mobile_abroad_may_be_anywhere_in_its_country(region: str, count: int) -> None:
    """Outside +1 the zones are the ones phonenumbers gives: all of the country for a mobile."""
    found = zones_of_number(e164_example(region, Type.MOBILE))
    assert len(found.zones) == count
    assert list(found.zones) == sorted(found.zones)


@settings(max_examples=400, deadline=None)
@given(st.integers(2_000_000_000, 9_999_999_999))
@example(2465210000)
@example(2465211000)
@example(8766060000)
@example(8766069999)
def test_an_exchange_answers_for_all_its_numbers(national: int) -> None:
    """Remembered per exchange or not, a number gets its exchange's row, or all zones of its area code."""
    parsed = phonenumbers.PhoneNumber(country_code=1, national_number=national)
    exchange_first = national - national % 10_000
    zones_of_number(10_000_000_000 + exchange_first)  # fills the memory with another number's answer
    found = zones_of_number(10_000_000_000 + national)
    assert found.callable == (phonenumbers.number_type(parsed) in CALLABLE)
    if found.callable:
        code = area_code_of(10_000_000_000 + national)
        assert code is not None
        assert found.zones == TIMEZONE_DATA.get(f"1{national}"[:7], code.zones)


def test_no_row_of_plus_one_is_longer_than_an_exchange() -> None:
    """The memory per exchange is right only while phonenumbers splits no exchange between zones."""
    assert max(len(prefix) for prefix in TIMEZONE_DATA if prefix.startswith("1")) == 7


def test_every_zone_of_phonenumbers_is_a_zone() -> None:
    """No row names a zone that could not be asked for the time."""
    named = {zone for zones in TIMEZONE_DATA.values() for zone in zones}
    assert [zone for zone in named if not valid_zone(zone)] == []


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("America/New_York", True),
        ("America/North_Dakota/Center", True),
        ("US/Pacific", True),
        ("america/new_york", False),
        ("America/NewYork", False),
        ("America", False),
        ("", False),
        ("UTC", False),
        ("Etc/UTC", False),
        ("Etc/Unknown", False),
        ("EST", False),
        ("localtime", False),
        ("../../etc/passwd", False),
    ],
)
def test_a_zone_is_a_place(name: str, valid: bool) -> None:
    """UTC, fixed offsets and the machine's own zone say nothing about where a callee lives."""
    assert valid_zone(name) is valid


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("america/new york", "America/New_York"),
        ("America/Los_Angles", "America/Los_Angeles"),
        ("US/Pacifc", "America/Los_Angeles"),
        ("us/pacific", "US/Pacific"),
        ("Estern", "America/New_York"),
        ("Pacfic", "America/Los_Angeles"),
        ("Europe/Copenhage", "Europe/Copenhagen"),
        ("Chicago", "America/Chicago"),
        ("EST", "America/New_York"),
        (" Mountain ", "America/Denver"),
        ("PST8PDT", "America/Los_Angeles"),
        ("Moon/Base", None),
        ("", None),
        ("A" * 10_000, None),
    ],
)
def test_a_typo_brings_the_nearest_name(name: str, nearest: str | None) -> None:
    """What people write in a zone column leads to the name they meant, or to nothing."""
    assert nearest_zone(name) == nearest


@pytest.mark.parametrize(
    ("lat", "lng", "zone"),
    [
        (40.71, -74.01, "America/New_York"),
        (33.45, -112.07, "America/Phoenix"),
        (21.31, -157.86, "Pacific/Honolulu"),
        (0.0, 0.0, None),
        (35.0, -40.0, None),
    ],
)
def test_a_point_on_land_has_a_zone_and_one_at_sea_has_none(lat: float, lng: float, zone: str | None) -> None:
    """The sea's Etc zones are nobody's home; 0, 0 is what a failed geocoder writes."""
    assert zone_at(lat, lng) == zone


@pytest.mark.parametrize(("lat", "lng"), [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0)])
def test_what_is_no_point_on_earth_is_an_error(lat: float, lng: float) -> None:
    """Swapped or broken coordinates are told apart from the sea."""
    with pytest.raises(ValueError, match="must be in range"):
        zone_at(lat, lng)


def test_worker_threads_may_ask_for_points() -> None:
    """Many threads at once get the answers that one gets."""
    points = [(lat, -120.0 + lat) for lat in range(25, 60)]
    alone = [zone_at(lat, lng) for lat, lng in points]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda point: zone_at(*point), points * 3)) == alone * 3


def test_nothing_heavy_is_loaded_before_it_is_asked_for() -> None:
    """Importing the module loads neither phonenumbers nor timezonefinder nor numpy."""
    code = (
        "import sys, dialconsole.compliance.zones, dialconsole.compliance.standard;"
        "print([m for m in ('phonenumbers', 'timezonefinder', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_faults_of_many_exchanges_are_those_of_their_numbers() -> None:
    """Where somebody has asked before; an exchange that does not decide has to be asked number by number."""
    numbers = [12125550100, 18005550100, 19005550100, 11115550100, 12465210100]
    for number in numbers:
        zones_of_number(number)
    exchanges = np.array([number // 10_000 - 1_000_000 for number in numbers], np.int64)
    found = faults_of_exchanges(exchanges).tolist()
    assert found == [*(fault_position(zones_of_number(number)) for number in numbers[:-1]), ASK]
    assert found[0] == 0 and all(found[1:])
