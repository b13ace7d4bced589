"""How long something lasts, in few cells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.console.render.duration import countdown, duration


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (9.9, "0:09"),
        (102, "1:42"),
        (3599, "59:59"),
        (3600, "1h00"),
        (2 * 3600 + 10 * 60, "2h10"),
        (100 * 3600, "4d04"),
        (-3, "0:00"),
    ],
)
def test_a_duration_is_short(seconds: float, shown: str) -> None:
    """Minutes and seconds, then hours and minutes, then days and hours; never negative."""
    assert duration(seconds) == shown


@given(st.floats(0, 99 * 86400))
@settings(max_examples=100, deadline=None)
def test_a_duration_fits_its_column(seconds: float) -> None:
    """Up to 99 days no duration is wider than the five cells of its column."""
    assert len(duration(seconds)) <= 5


@pytest.mark.parametrize(
    ("seconds", "shown"), [(1.54, "1.5 s"), (-1, "0.0 s"), (3, "3 s"), (20.9, "20 s"), (75, "1:15")]
)
def test_a_countdown_is_finer_where_it_decides(seconds: float, shown: str) -> None:
    """Tenths in the last three seconds, whole seconds in the last minute."""
    assert countdown(seconds) == shown
