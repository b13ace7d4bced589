"""What a row says of an address, and when its columns contradict each other."""

from __future__ import annotations

import pytest

from dialconsole.compliance.places.address import NOTHING_SAID, Address, clock_of, read_address
from dialconsole.model.place import AddressColumns


def read(zone: str = "", at: str = "", zip: str = "", state: str = "", code: int = 1) -> Address:
    return read_address(AddressColumns(zone, at, zip, state), code)


def test_an_empty_row_says_nothing() -> None:
    """No column, no candidate, no complaint."""
    assert read() == NOTHING_SAID


@pytest.mark.parametrize("state", ["FL", "Florida", "fla."])
def test_a_state_without_a_zip_code_may_be_all_of_it(state: str) -> None:
    """The panhandle is Central."""
    assert read(state=state) == Address(("America/Chicago", "America/New_York"), ("US-FL",), (), ())


def test_a_zip_code_says_it_more_exactly_than_its_state() -> None:
    """Miami is not in the panhandle."""
    assert read(zip="33101", state="FL") == Address(("America/New_York",), ("US-FL",), (), ())


def test_a_zip_code_that_is_not_known_leaves_it_to_the_state() -> None:
    """And it is said, because the column may hold something else."""
    found = read(zip="00000", state="FL")
    assert found.zones == ("America/Chicago", "America/New_York")
    assert found.faults == ("No ZIP code is “00000”, so it says nothing about where the callee is.",)


def test_a_state_that_contradicts_its_zip_code_counts_too() -> None:
    """Zones and states of both, and a sentence with both."""
    found = read(zip="98101", state="FL")
    assert found.zones == ("America/Chicago", "America/Los_Angeles", "America/New_York")
    assert found.states == ("US-FL", "US-WA")
    assert found.faults == ("The state is Florida, but ZIP code 98101 is in Washington; both count.",)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"zone": "America/Chicago", "zip": "98101"},
            "By the time zone column the callee is in America/Chicago, by the ZIP code in America/Los_Angeles.",
        ),
        (
            {"at": "America/Denver", "state": "FL"},
            "By the coordinates the callee is in America/Denver, by the state in one of 2 zones (America/Chicago, …).",
        ),
        (
            {"zone": "America/Phoenix", "at": "America/Denver"},
            "By the time zone column the callee is in America/Phoenix, by the coordinates in America/Denver.",
        ),
    ],
)
def test_clocks_that_differ_are_a_contradiction(columns: dict[str, str], sentence: str) -> None:
    """Any two of zone column, point and address."""
    assert read(**columns).faults == (sentence,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "columns",
    [
        {"zone": "America/Detroit", "zip": "10001"},
        {"zone": "US/Eastern", "zip": "10001"},
        {"zone": "America/Chicago", "state": "FL"},
        {"at": "America/Chicago", "zip": "36867"},
        {"zone": "America/Chicago", "zip": "09012"},
    ],
)
def test_other_names_for_the_same_clock_are_none(columns: dict[str, str]) -> None:
    """Detroit's clocks are New York's; one of several candidates is no contradiction, and neither is no zone at all."""
    assert read(**columns).faults == ()  # type: ignore[arg-type]


def test_a_zone_that_no_machine_knows_is_only_like_itself() -> None:
    """Nothing raises; the gate will hold the contact."""
    assert clock_of("Nowhere/Special") == "Nowhere/Special"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            "Flordia",
            "“Flordia” is no state or province that is known here, so nobody can say where the callee is. "
            "Did you mean Florida?",
        ),
        (
            "\x1b[1mXX",
            "“[1mXX” is no state or province that is known here, so nobody can say where the callee is. "
            "Write its name or abbreviation.",
        ),
    ],
)
def test_a_state_that_is_none_is_said(state: str, sentence: str) -> None:
    """With what was probably meant, and without what steers a terminal."""
    assert read(state=state) == Address((), (), (), (), unread=sentence)


@pytest.mark.parametrize("state", ["-", "n/a", "NA", "unknown", " ", "None", "[/]"])
def test_a_state_column_may_say_that_nothing_is_known(state: str) -> None:
    """That is no slip, and the number's places hold."""
    assert read(state=state) == NOTHING_SAID


@pytest.mark.parametrize("code", [44, 0])
def test_counties_and_postcodes_elsewhere_are_no_faults(code: int) -> None:
    """Beside a British number Kent is no misspelt state and SW1A 1AA no broken ZIP code."""
    assert read(zip="SW1A 1AA", state="Kent", code=code) == NOTHING_SAID
    assert read(zip="2134", state="CA", code=code) == NOTHING_SAID


def test_an_american_address_beside_a_number_abroad_counts() -> None:
    """People keep their numbers when they move over an ocean, too."""
    assert read(zip="90210", state="California", code=44).states == ("US-CA",)
    assert read(zip="90210", code=44).zones == ("America/Los_Angeles",)


def test_a_postcode_of_sydney_is_not_boston() -> None:
    """2134 beside an Australian number gets no zero and no place; WA is Western Australia there."""
    assert read(zip="2134", code=61) == NOTHING_SAID
    assert read(state="WA", code=61).states == ("AU-WA",)
    assert read(zip="2134", code=1).states == ("US-MA",)


def test_the_country_of_a_zone_is_told() -> None:
    """A point in Berlin is an address in Germany."""
    assert read(at="Europe/Berlin", zone="America/Toronto").countries == ("CA", "DE")
