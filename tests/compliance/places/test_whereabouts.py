"""The union rule: every trap that was measured, and that an address only ever adds."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.places.states import state_of, states, zones_of_state
from dialconsole.compliance.places.whereabouts import RULE_SETS, jurisdictions_of_number, whereabouts
from dialconsole.model.place import AddressColumns, Whereabouts

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
NEW_YORK, MIAMI, LONDON = "+12125550123", "+13055550123", "+442079460123"


@pytest.mark.parametrize(
    ("number", "zones", "jurisdictions"),
    [
        (NEW_YORK, (EASTERN,), ("US-NY",)),
        ("+16895550123", (EASTERN,), ("US-FL",)),
        ("+14745550123", ("America/Regina",), ("CA-SK",)),
        ("+12195550123", (CENTRAL, EASTERN), ("US-IN",)),
        ("+13645550123", (CENTRAL, EASTERN), ("US-KY",)),
        ("+14485550123", (CENTRAL, EASTERN), ("US-FL",)),
        ("+19305550123", (CENTRAL, EASTERN), ("US-IN",)),
        ("+14585550123", (MOUNTAIN, PACIFIC), ("US-OR",)),
        ("+14325550123", (CENTRAL, MOUNTAIN), ("US-TX",)),
        ("+18795550123", ("America/Halifax", "America/St_Johns"), ("CA-NL",)),
        ("+19285550123", (MOUNTAIN, "America/Phoenix"), ("US-AZ",)),
        ("+17875550123", ("America/Puerto_Rico",), ("US-PR",)),
        ("+14165550123", ("America/Toronto",), ("CA-ON",)),
        (LONDON, ("Europe/London",), ("GB",)),
    ],
)
def test_a_number_alone(number: str, zones: tuple[str, ...], jurisdictions: tuple[str, ...]) -> None:
    """All zones of its area code and its overlays, and its state: by text and by digits alike."""
    assert whereabouts(number) == Whereabouts(zones, jurisdictions)
    assert whereabouts(int(number), AddressColumns()) == Whereabouts(zones, jurisdictions)


def mobile(region: str) -> str:
    """phonenumbers' own example, for countries that have no fictional numbers."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert number is not None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@pytest.mark.parametrize(("region", "zones"), [("GB", 4), ("AU", 8)])
def test_a_mobile_abroad_may_be_anywhere_in_its_country(region: str, zones: int) -> None:
    """Countries with a rule set: all their zones."""
    found = whereabouts(mobile(region))
    assert (len(found.zones), found.jurisdictions, found.refused) == (zones, (region,), "")


@pytest.mark.parametrize(
    ("region", "name"),
    [("JM", "Jamaica"), ("BB", "Barbados"), ("BM", "Bermuda"), ("DO", "Dominican Republic"), ("DE", "Germany"),
     ("RU", "Russia"), ("GG", "Guernsey")],
)  # fmt: skip
def test_a_country_without_a_rule_set_is_refused(region: str, name: str) -> None:
    """+1 is not the United States: Jamaica is Jamaica, with its own zone, and is not called."""
    number = mobile(region)
    found = whereabouts(number)
    assert found.refused == (
        f"The callee may be in {name}. The program does not know that country's calling rules, "
        "so the number is not called."
    )
    assert found.jurisdictions == (region,)
    assert found.zones
    assert whereabouts(number, rule_sets=(*RULE_SETS, region)).refused == ""


@pytest.mark.parametrize(
    "number",
    ["+18005550199", "+19005550199", "+15005550199", "+16005550199", "+12225550123", "+870773111632", "junk", "", 0],
)
def test_numbers_that_are_nobodys_line_stay_refused(number: str | int) -> None:
    """Toll-free, premium, personal, non-geographic, unassigned, placeless: also with the best of addresses."""
    assert whereabouts(number).refused
    found = whereabouts(number, AddressColumns(zone=EASTERN, zip="10001", state="NY"), zone_is_authoritative=True)
    assert found.refused
    assert found.jurisdictions[-1] == "US-NY"


def test_a_moved_number_is_called_in_neither_place_too_early() -> None:
    """A number of New York with an address in Seattle: both zones, both states, and no contradiction."""
    found = whereabouts(NEW_YORK, AddressColumns(zip="98101", state="WA", at_zone=PACIFIC))
    assert found == Whereabouts((PACIFIC, EASTERN), ("US-NY", "US-WA"))


def test_a_state_counts_in_full_only_without_a_zip_code() -> None:
    """Florida is two zones, Miami one; a lost zero is found again."""
    assert whereabouts(MIAMI, AddressColumns(state="fl")).zones == (CENTRAL, EASTERN)
    assert whereabouts(MIAMI, AddressColumns(state="fl", zip="33101-1234")).zones == (EASTERN,)
    assert whereabouts(NEW_YORK, AddressColumns(zip="2134")).jurisdictions == ("US-MA", "US-NY")


def test_contradicting_columns_are_united_and_said() -> None:
    """State FL, ZIP in WA: nobody can say which is right."""
    found = whereabouts(NEW_YORK, AddressColumns(state="FL", zip="98101"))
    assert found.zones == (CENTRAL, PACIFIC, EASTERN)
    assert found.jurisdictions == ("US-FL", "US-NY", "US-WA")
    assert found.contradictions == ("The state is Florida, but ZIP code 98101 is in Washington; both count.",)
    assert found.refused == ""


def test_an_authoritative_zone_counts_alone_but_not_for_the_rules() -> None:
    """The campaign's owner answers for the clock; the states stay all of them."""
    columns = AddressColumns(zone=CENTRAL, zip="98101", state="WA")
    found = whereabouts(NEW_YORK, columns, zone_is_authoritative=True)
    assert found.zones == (CENTRAL,)
    assert found.jurisdictions == ("US-NY", "US-WA")
    assert whereabouts(NEW_YORK, zone_is_authoritative=True) == whereabouts(NEW_YORK)
    assert whereabouts(NEW_YORK, columns).zones == (CENTRAL, PACIFIC, EASTERN)


@pytest.mark.parametrize(
    "columns", [AddressColumns(zip="09012"), AddressColumns(state="AE"), AddressColumns(zip="96201", state="AP")]
)
def test_military_post_is_refused(columns: AddressColumns) -> None:
    """Nobody can say what time it is at an APO."""
    found = whereabouts(NEW_YORK, columns)
    assert found.refused.startswith("The address is military post")
    assert EASTERN in found.zones


@pytest.mark.parametrize(
    ("columns", "country"),
    [
        (AddressColumns(at_zone="Europe/Berlin"), "DE"),
        (AddressColumns(zone="America/Jamaica"), "JM"),
        (AddressColumns(zip="96960"), "MH"),
    ],
)
def test_an_address_in_a_country_without_a_rule_set_is_refused(columns: AddressColumns, country: str) -> None:
    """Whatever the number is: the callee may be there."""
    found = whereabouts(NEW_YORK, columns)
    assert "does not know that country's calling rules" in found.refused
    assert found.jurisdictions == (country, "US-NY")


@pytest.mark.parametrize(
    ("number", "zone"),
    [("+17875550123", "America/Puerto_Rico"), (NEW_YORK, PACIFIC), (LONDON, "Europe/London")],
)
def test_a_zone_in_the_numbers_own_country_adds_no_jurisdiction(number: str, zone: str) -> None:
    """A zone names no state, and the country is known already; San Juan is in the United States."""
    found = whereabouts(number, AddressColumns(zone=zone, at_zone=zone))
    assert found.jurisdictions == whereabouts(number).jurisdictions
    assert whereabouts(number, AddressColumns(zone=zone)).refused == ""


def test_a_zone_in_another_country_with_rules_adds_it() -> None:
    """A point in Toronto beside a number of New York: Canada's rules bind too."""
    assert whereabouts(NEW_YORK, AddressColumns(at_zone="America/Toronto")).jurisdictions == ("CA", "US-NY")


@pytest.mark.parametrize("zone", [{"zone": EASTERN}, {"at_zone": EASTERN}, {"zone": EASTERN, "at_zone": PACIFIC}])
def test_a_country_counts_beside_a_zone_of_another(zone: dict[str, str]) -> None:
    """A row with a zone in New York and Great Britain as its country may be in either, by the rules of both."""
    found = whereabouts(NEW_YORK, AddressColumns(country="GB", **zone))
    assert found.jurisdictions == ("GB", "US-NY")
    assert {EASTERN, "Europe/London"} <= set(found.zones)
    assert found.contradictions
    assert not whereabouts(NEW_YORK, AddressColumns(country="US", **zone)).refused


def test_a_territory_without_rules_of_its_own_adds_its_clocks() -> None:
    """Wake lies a day ahead of New York."""
    assert "Pacific/Wake" in whereabouts(NEW_YORK, AddressColumns(country="UM")).zones


def test_a_valid_number_of_no_country_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should phonenumbers ever place a number on a clock and in no country, its rules are not guessed."""
    monkeypatch.setattr("dialconsole.compliance.places.whereabouts.country_of_number", lambda number: None)
    assert jurisdictions_of_number(442079460124) == ()
    assert whereabouts("+442079460124", AddressColumns(zip="10001")).refused.startswith("No country can be told")


CELLS = st.fixed_dictionaries(
    {},
    optional={
        "zone": st.sampled_from(
            (EASTERN, PACIFIC, "Pacific/Honolulu", "Europe/London", "America/Toronto", "US/Eastern")
        ),
        "at_zone": st.sampled_from((EASTERN, MOUNTAIN, "America/Regina", "Europe/Berlin", "Nowhere/Special")),
        "zip": st.integers(1, 99_999).map(str) | st.sampled_from(("K1A 0B1", "09012", "42223", "36867-0001", "?", "")),
        "state": st.sampled_from(sorted(states())) | st.sampled_from(("fla.", "WA", "Ontario", "Narnia", "AE", "")),
    },
)

NUMBERS = st.sampled_from(
    (NEW_YORK, MIAMI, "+12195550123", "+14585550123", "+18765550123", "+14165550123", LONDON, "+18005550199", "junk",
     "+61491570156")
) | st.integers(2_000_000_000, 9_999_999_999).map(lambda national: f"+1{national}")  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(NUMBERS, CELLS, st.sampled_from(("zone", "at_zone", "zip", "state")))
def test_adding_a_column_never_removes_a_candidate(number: str, cells: dict[str, str], column: str) -> None:
    """Nor a jurisdiction, nor a refusal; but a ZIP stands for the zones of the state that it lies in."""
    less = whereabouts(number, AddressColumns(**(cells | {column: ""})))
    more = whereabouts(number, AddressColumns(**cells))
    assert set(less.jurisdictions) <= set(more.jurisdictions)
    assert bool(more.refused) >= bool(less.refused)
    lost = set(less.zones) - set(more.zones)
    refined = cells.get("state", "") if column == "zip" else ""
    assert lost <= set(zones_of_state(state_of(refined) or state_of(refined, country_code=61) or ""))
    assert set(whereabouts(number).zones) <= set(more.zones)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, CELLS)
def test_the_answer_is_in_order(number: str, cells: dict[str, str]) -> None:
    """Sorted, without repetition, never without a zone unless refused; an authoritative zone is the only one."""
    columns = AddressColumns(**cells)
    found = whereabouts(number, columns)
    assert list(found.zones) == sorted(set(found.zones))
    assert list(found.jurisdictions) == sorted(set(found.jurisdictions))
    assert (found.zones and found.jurisdictions) or found.refused
    if columns.zone:
        alone = whereabouts(number, columns, zone_is_authoritative=True)
        assert alone.zones == (columns.zone,)
        assert alone.jurisdictions == found.jurisdictions
        assert alone.refused == found.refused


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_cell_is_too_odd(number: str, zip: str, state: str) -> None:
    """Whatever stands in a list: an answer, never an exception."""
    found = whereabouts(number, AddressColumns(zip=zip, state=state))
    assert found.refused or (found.zones and found.jurisdictions)  # odd text may happen to be a number
    assert set(whereabouts(NEW_YORK, AddressColumns(zip=zip, state=state)).zones) >= {EASTERN}


@pytest.mark.parametrize("code", sorted(code for code in states() if code.startswith("US-") and states()[code].zones))
def test_every_state_counts_beside_a_number_of_elsewhere(code: str) -> None:
    """The fifty, the capital and the territories: their zones join the number's, and their rules bind."""
    found = whereabouts(NEW_YORK, AddressColumns(state=states()[code].name))
    assert found.zones == tuple(sorted({EASTERN, *states()[code].zones}))
    assert found.jurisdictions == tuple(sorted({"US-NY", code}))
    assert found.refused == ""
