"""Which country's rules bind a number abroad, or in a zone."""

from __future__ import annotations

import pytest

from dialconsole.compliance.places.countries import country_name, country_of_number, country_of_zone


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("America/New_York", "US"),
        ("US/Pacific", "US"),
        ("America/Indianapolis", "US"),
        ("America/Puerto_Rico", "US"),
        ("Pacific/Guam", "US"),
        ("America/Toronto", "CA"),
        ("Canada/Atlantic", "CA"),
        ("Europe/London", "GB"),
        ("Europe/Jersey", "JE"),
        ("Australia/ACT", "AU"),
        ("Europe/Oslo", "NO"),
        ("Asia/Calcutta", "IN"),
        ("America/Jamaica", "JM"),
        ("Etc/UTC", None),
        ("Nowhere/Special", None),
        ("", None),
    ],
)
def test_a_zone_lies_in_one_country(zone: str, country: str | None) -> None:
    """Old names too; the territories of the United States are bound by its rules."""
    assert country_of_zone(zone) == country


@pytest.mark.parametrize(
    ("number", "country"),
    [
        (442079460123, "GB"),
        (447400123456, "GB"),
        (441481960194, "GG"),
        (61491570156, "AU"),
        (61891640000, "CX"),
        (4930123456, "DE"),
        (870773111632, None),
        (99, None),
    ],
)
def test_a_number_abroad_belongs_to_one_country(number: int, country: str | None) -> None:
    """By phonenumbers: Guernsey is not the United Kingdom; worldwide networks are nowhere."""
    assert country_of_number(number) == country


def test_countries_have_names() -> None:
    """For sentences; what is no country stays as it is."""
    assert country_name("JM") == "Jamaica"
    assert country_name("QQ") == "QQ"
