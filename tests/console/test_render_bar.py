"""Gauges of block characters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.console.render.bar import bar, gauge, progress


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "░░░░"), (0.5, "██░░"), (0.53125, "██▏░"), (0.875, "███▌"), (1, "████"), (7, "████"), (-1, "░░░░")],
)
def test_a_bar_is_filled_by_eighths(share: float, shown: str) -> None:
    """A cell shows eight steps; what is out of range is cut off."""
    assert "".join(bar(share, 4)) == shown


def test_a_bar_in_ascii() -> None:
    """Without block characters a bar is made of signs every terminal has."""
    assert bar(0.5, 4, ascii_only=True) == ("##", "--")


@given(st.floats(0, 1), st.integers(2, 40), st.booleans())
@settings(max_examples=200, deadline=None)
def test_empty_and_full_are_statements(share: float, width: int, ascii_only: bool) -> None:
    """A bar keeps its width, looks empty only at nothing and full only at all."""
    filled, empty = bar(share, width, ascii_only=ascii_only)
    full = "#" * width if ascii_only else "█" * width
    assert len(filled) + len(empty) == width
    assert (filled == "") == (share == 0)
    assert (filled == full) == (share == 1)


@pytest.mark.parametrize(
    ("used", "limit", "role"),
    [(0, 10, "gauge-ok"), (7, 10, "gauge-ok"), (8, 10, "gauge-warn"), (10, 10, "gauge-full"), (12, 10, "gauge-full")],
)
def test_a_gauge_says_when_it_gets_full(used: int, limit: int, role: str) -> None:
    """From four fifths on a gauge warns; at its limit, or beyond one that was lowered, it is full."""
    filled, empty = gauge(used, limit, 8)
    assert (filled.role, empty.role) == (role, "gauge-empty")


def test_a_limit_of_nothing_is_full() -> None:
    """A limit of 0 lets nothing pass: the gauge is full, not empty."""
    filled, empty = gauge(0, 0, 4)
    assert (filled.text, filled.role, empty.text) == ("████", "gauge-full", "")


def test_progress_may_be_full() -> None:
    """Work that is done is no warning, and no work at all is not done."""
    assert progress(4, 4, 4)[0] == ("████", "gauge-ok")
    assert progress(0, 0, 4)[0].text == ""
