"""Instants as text."""

from __future__ import annotations

import pytest

from dialconsole.cli.instant import iso, local, seconds

AT = 1_772_550_600.0


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (None, None),
        (AT, "2026-03-03T15:10:00Z"),
        (AT + 0.25, "2026-03-03T15:10:00.250000Z"),
        (AT + 1e-9, "2026-03-03T15:10:00Z"),
        (AT - 1e-9, "2026-03-03T15:10:00Z"),
    ],
)
def test_for_programs(at: float | None, text: str | None) -> None:
    """UTC, with microseconds only where there are some."""
    assert iso(at) == text


def test_for_people() -> None:
    """The zone is named, because the operator's is rarely the callee's."""
    assert local(AT, "America/New_York") == "2026-03-03 10:10:00 EST"
    assert local(AT) == "2026-03-03 15:10:00 UTC"
    assert local(None) == "-"


def test_durations() -> None:
    """Minutes and seconds, with hours where there are some."""
    assert [seconds(s) for s in (None, 0, 42.9, 60, 3723)] == ["-", "0:00", "0:42", "1:00", "1:02:03"]
