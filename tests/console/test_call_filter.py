"""The pattern behind ``/``."""

from __future__ import annotations

import pytest

from console.fake_engine import NOW, call
from dialconsole.console.call_filter import both, is_problem, parse_filter
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase, Outcome

ANA = call("1", "+12125550143", "Ana López", CallPhase.RINGING, 3)
LOST = call("2", "+12125550144", "Bo", CallPhase.ENDED, 3, ended_at=NOW, outcome=Outcome.TRUNK_FAULT)


@pytest.mark.parametrize(
    "pattern", ["ana", "LÓPEZ", "212-555", "2125550143", "reminders", "ringing", "^\\+1", "main", "ring|talk"]
)
def test_a_pattern_looks_at_what_is_read(pattern: str) -> None:
    """Number in both forms, name, campaign, trunk, state; case does not matter."""
    passes = parse_filter(pattern)
    assert passes is not None and passes("1", ANA)


def test_an_exclamation_mark_inverts() -> None:
    """Everything but."""
    passes = parse_filter("!ana")
    assert passes is not None and not passes("1", ANA) and passes("2", LOST)


@pytest.mark.parametrize("text", ["", "!"])
def test_nothing_is_no_filter(text: str) -> None:
    """All calls."""
    assert parse_filter(text) is None


@pytest.mark.parametrize("text", ["(", "[a", "*", "x" * 201])
def test_what_cannot_be_read_is_a_problem(text: str) -> None:
    """With a sentence, not a traceback."""
    with pytest.raises(Problem):
        parse_filter(text)


def test_problems_are_our_sides_failures() -> None:
    """A busy line is none."""
    busy = call("3", "+12125550145", "Cy", CallPhase.ENDED, 3, ended_at=NOW, outcome=Outcome.BUSY)
    assert [is_problem("", c) for c in (ANA, LOST, busy)] == [False, True, False]


def test_two_filters_must_both_pass() -> None:
    """One of them may be none."""
    passes = both(parse_filter("212"), is_problem)
    assert passes is not None and not passes("1", ANA) and passes("2", LOST)
    assert both(None, None) is None
    assert both(is_problem, None) is is_problem
