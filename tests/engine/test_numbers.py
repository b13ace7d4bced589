"""Numbers and patterns as people type them."""

from __future__ import annotations

import pytest

from dialconsole.engine.numbers import must_be_caller_ids, must_be_opt_out_line, number_or_pattern
from dialconsole.model.errors import Problem


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("(212) 555-0143", "+12125550143"),
        ("+1201555*", "+1201555*"),
        (" +1 (201) 555-* ", "+1201555*"),
        ("+1201*", "+1201*"),
        ("+44 207*", "+44207*"),
        ("+353861*", "+353861*"),
    ],
)
def test_numbers_and_patterns_get_one_spelling(typed: str, read: str) -> None:
    """Punctuation and spaces do not matter."""
    assert number_or_pattern(typed) == read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("*", "is no pattern"),
        ("201555*", "is no pattern"),
        ("+1201*555*", "is no pattern"),
        ("+0201555*", "is no pattern"),
        ("+1*", "too many calls"),
        ("+120*", "too many calls"),
        ("+4420*", "too many calls"),
        ("+35386*", "too many calls"),
        ("+999123*", "no country code"),
        ("+120155501234567*", "covers no number"),
        ("hello", "hello"),
    ],
)
def test_what_would_block_the_world_or_nobody_is_refused(typed: str, words: str) -> None:
    """A pattern needs its plus, a country code that exists and three digits more."""
    with pytest.raises(Problem, match=words):
        number_or_pattern(typed)


@pytest.mark.parametrize("text", ["12125550100", "+1 212 555 0100", "anonymous", "+0125550100", "\x1b[2J", ""])
def test_what_no_callee_could_ring_back_is_no_caller_id(text: str) -> None:
    """The sentence names it and shows how one is written."""
    must_be_caller_ids(["+12125550100", "+442079460100"])
    with pytest.raises(Problem, match=r"cannot be a caller ID: .* like \+12125550100") as refused:
        must_be_caller_ids(["+12125550100", text])
    assert "\x1b" not in refused.value.sentence


@pytest.mark.parametrize("number", ["", "+12125550100", "+442079460000"])
def test_an_opt_out_line_may_be_missing_or_a_number(number: str) -> None:
    """A draft has none yet; a campaign of an artificial voice does not start without one."""
    must_be_opt_out_line(number)


@pytest.mark.parametrize("text", ["foo", "2125550100", "+1 212 555 0100", "+0", "+12125550100x"])
def test_what_nobody_can_call_is_no_opt_out_line(text: str) -> None:
    """The sentence says how one is written."""
    with pytest.raises(Problem, match="cannot be an opt-out line") as caught:
        must_be_opt_out_line(text)
    assert caught.value.code == "bad_opt_out_line"
