"""Days as people and spreadsheets write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.days import DayReader, instant_of, latest_day
from dialconsole.lists.fault import Fault
from dialconsole.model.contact import RowFault

FOURTH_OF_MARCH = date(2025, 3, 4)


def read(cell: str, region: str = "US") -> date | Fault | None:
    return DayReader(region).read(cell, "consent date")


def sentence(cell: str, region: str = "US") -> str:
    fault = read(cell, region)
    assert isinstance(fault, Fault)
    assert fault.fault is RowFault.BAD_DATE
    return fault.reason


@pytest.mark.parametrize(
    "cell",
    ["2025-03-04", "2025-3-4", "2025/03/04", "2025.3.4", "20250304", "4.3.2025", "04.03.2025", "4. 3. 2025",
     "2025-03-04T23:59:59Z", "2025-03-04 00:00:00.000", "2025-03-04T08:15:00.123456+02:00", "4.3.2025 7:30"],
)  # fmt: skip
@pytest.mark.parametrize("region", ["US", "CA", "GB", "DE"])
def test_forms_that_mean_one_thing_everywhere(cell: str, region: str) -> None:
    """Year first, and day first with points, whatever the region; the time of day is passed over."""
    assert read(cell, region) == FOURTH_OF_MARCH


@pytest.mark.parametrize(
    ("cell", "region"),
    [("3/4/2025", "US"), ("03/04/2025", "PH"), ("3-4-2025", "US"), ("3/4/2025, 2:05 PM", "US"),
     ("4/3/2025", "GB"), ("04-03-2025", "AU"), ("4/3/2025 14:05", "DE")],
)  # fmt: skip
def test_slashes_have_the_order_of_the_region(cell: str, region: str) -> None:
    """Month first in the United States, day first elsewhere."""
    assert read(cell, region) == FOURTH_OF_MARCH


@pytest.mark.parametrize(
    ("cell", "region", "turned"), [("25/12/2024", "US", "2024-12-25"), ("12/25/2024", "GB", "2024-12-25")]
)
def test_a_date_in_the_other_order_is_not_turned(cell: str, region: str, turned: str) -> None:
    """Its column holds others that could be read both ways; the sentence says what was probably meant."""
    assert f"has no month 25: in a list of region {region}" in sentence(cell, region)
    assert turned in sentence(cell, region)


def test_where_both_orders_are_in_use_only_the_clear_ones_are_read() -> None:
    """Canada writes either; a date that can be read both ways is refused with both."""
    assert read("25/12/2024", "CA") == read("12/25/2024", "CA") == date(2024, 12, 25)
    assert read("4/4/2025", "CA") == date(2025, 4, 4)
    assert "may be 2025-03-04 or 2025-04-03" in sentence("3/4/2025", "CA")


@pytest.mark.parametrize("region", ["US", "GB", "CA"])
@pytest.mark.parametrize(
    "cell",
    ["2025-02-29", "2025-02-30", "2025-13-01", "31.06.2025", "0.1.2025", "13/13/2025", "00/00/0000", "2/30/2025",
     "20251301", "0000-00-00"],
)  # fmt: skip
def test_days_that_do_not_exist(cell: str, region: str) -> None:
    """The calendar decides."""
    assert sentence(cell, region) == f"The consent date “{cell}” is a day that does not exist."


def test_a_leap_day_is_a_day() -> None:
    """In its years."""
    assert read("2/29/2024") == date(2024, 2, 29)


@pytest.mark.parametrize("cell", ["1970-01-01T00:00:00Z", "1/1/1900", "30.12.1899", "0001-01-01 00:00"])
def test_the_day_that_programs_write_for_none(cell: str) -> None:
    """Nobody consented when Unix began."""
    assert sentence(cell).endswith("is what programs write where no date is known. Leave the cell empty.")


@pytest.mark.parametrize("cell", ["", "-", "n/a", "None", "NEVER", "null"])
def test_cells_that_say_that_there_is_no_day(cell: str) -> None:
    """They say nothing, and that is no fault."""
    assert read(cell) is None


@pytest.mark.parametrize("cell", ["3/4/25", "04.03.25", "3-4-25 10:00"])
def test_years_of_two_digits_are_not_guessed(cell: str) -> None:
    """Which century, and which of the three is the year."""
    assert "has a year of two digits" in sentence(cell)


@pytest.mark.parametrize("cell", ["yes", "45721", "2025", "March 4", "2025-03/04", "٢٠٢٥-٠٣-٠٤", "=1+1", "2025-03-04x"])
def test_what_is_no_date(cell: str) -> None:
    """A sentence with a form that is always read."""
    assert "Write it as 2025-12-31" in sentence(cell)


@given(st.dates(date(1971, 1, 1)), st.sampled_from(["US", "GB", "CA"]))
@settings(max_examples=300, deadline=None)
def test_every_day_is_read_in_every_form(day: date, region: str) -> None:
    """Year first and points anywhere; with slashes in the region's order."""
    assert read(day.isoformat(), region) == day
    assert read(f"{day.day}.{day.month}.{day.year:04}", region) == day
    if region != "CA":
        first, second = (day.month, day.day) if region == "US" else (day.day, day.month)
        assert read(f"{first}/{second}/{day.year:04}", region) == day


@given(st.text(max_size=30), st.sampled_from(["US", "GB", "CA"]))
@settings(max_examples=300, deadline=None)
def test_no_cell_is_too_odd(cell: str, region: str) -> None:
    """A day, nothing, or a sentence."""
    found = read(cell, region)
    assert found is None or isinstance(found, date) or found.reason.startswith("The consent date “")


@pytest.mark.parametrize(
    ("now", "day"), [("2025-11-22T09:59:59", date(2025, 11, 22)), ("2025-11-22T10:00:00", date(2025, 11, 23))]
)
def test_a_day_has_come_when_it_has_begun_somewhere(now: str, day: date) -> None:
    """The first place to have it is 14 hours ahead of UTC."""
    assert latest_day(datetime.fromisoformat(now).replace(tzinfo=UTC).timestamp()) == day


def test_a_day_as_an_instant() -> None:
    """Its beginning in UTC."""
    assert instant_of(date(2025, 1, 1)) == 1_735_689_600.0
