"""Phone numbers as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.console.render.line import wrap
from dialconsole.console.render.number import GLUE, phone, phones_in


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12125550143", "+1 212-555-0143"),
        ("+442079460018", "+44 207 946 0018"),
        ("+4930123456", "+49 301 234 56"),
        ("+74951234567", "+7 495 123 4567"),
        ("+35312345678", "+353 123 456 78"),
        ("+1212555", "+1 212 555"),
    ],
)
def test_a_number_gets_its_groups(number: str, shown: str) -> None:
    """North American numbers as they are written there, others by country code and threes."""
    assert phone(number) == shown


@pytest.mark.parametrize("text", ["", "+", "2125550143", "+1 212", "unknown", "+0123456", "+1201555…."])
def test_what_is_no_e164_number_stays_as_it_is(text: str) -> None:
    """Nothing is guessed about text that is not a number."""
    assert phone(text) == text


@given(st.from_regex(r"\+[1-9][0-9]{4,14}", fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_no_digit_is_lost_or_alone(number: str) -> None:
    """The digits are those of the number, in order, and no group but a country code is a single digit."""
    shown = phone(number)
    assert "+" + "".join(c for c in shown if c.isdigit()) == number
    assert all(len(group) > 1 for group in shown.replace("-", " ").split()[1:] if len(number) > 6)


def test_numbers_in_a_sentence_are_written_for_people() -> None:
    """Alerts of the engine carry E.164; other digits stay as they are."""
    said = phones_in("+12125550143 declined (603), 2026-03-03, from +442079460018")
    assert said.replace(GLUE, " ") == "+1 212-555-0143 declined (603), 2026-03-03, from +44 207 946 0018"


def test_a_number_in_a_sentence_is_not_broken_at_the_end_of_a_line() -> None:
    """Half a number is read as a number."""
    said = phones_in("3 of the last 20 blocked by the network, from +442079460018")
    assert wrap(said, 50) == ["3 of the last 20 blocked by the network, from", "+44 207 946 0018"]
