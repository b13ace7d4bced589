"""Arguments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import click
import pytest

from dialconsole.cli.limits import merged
from dialconsole.cli.options import COUNT, ISO, NAME, NO_LIMIT, RATE, SETTING
from dialconsole.model.campaign import Limits


@pytest.mark.parametrize("name", ["spring", "q3-2026", "a.b_c", "7"])
def test_names(name: str) -> None:
    """Names that need no quoting in a shell."""
    assert NAME(name) == name


@pytest.mark.parametrize("name", ["Spring", "two words", "-x", "", "a" * 41, "a/b"])
def test_no_names(name: str) -> None:
    """Other names are refused before anything is asked of an engine."""
    with pytest.raises(click.BadParameter, match="lower-case"):
        NAME(name)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-03T15:10:00Z", datetime(2026, 3, 3, 15, 10, tzinfo=UTC)),
        ("2026-03-03T10:10-05:00", datetime(2026, 3, 3, 10, 10, tzinfo=timezone(timedelta(hours=-5)))),
        ("2026-03-03T15:10:00", datetime(2026, 3, 3, 15, 10, tzinfo=UTC)),
        ("2026-03-03", datetime(2026, 3, 3, tzinfo=UTC)),
    ],
)
def test_instants(text: str, instant: datetime) -> None:
    """ISO 8601 with any offset; without one it is UTC."""
    assert ISO(text) == instant


def test_an_instant_without_an_offset_is_said_to_be_utc(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with what to write for the hour that was perhaps meant; nothing is said where there is an offset."""
    ISO("2026-03-03 09:30")
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "2026-03-03 09:30 is taken as UTC: 04:30 in New York. Write 2026-03-03T09:30-05:00 for that hour in New York, "
        "or 2026-03-03T09:30Z for UTC.\n"
    )
    ISO("2026-07-03T09:30")
    assert "2026-07-03T09:30-04:00" in capsys.readouterr().err
    ISO("2026-03-03T09:30Z")
    assert capsys.readouterr().err == ""


def test_no_instant() -> None:
    """What is no time is a usage error that shows how to write one."""
    with pytest.raises(click.BadParameter, match="2026-03-03T15:10:00Z"):
        ISO("tomorrow")


def test_limits() -> None:
    """A limit is a number from 0 on, or none."""
    assert (COUNT("30"), RATE("0.5"), COUNT("none"), COUNT("0")) == (30, 0.5, NO_LIMIT, 0)
    for kind, text in ((COUNT, "1.5"), (COUNT, "-1"), (RATE, "inf"), (RATE, "nan"), (COUNT, "many")):
        with pytest.raises(click.BadParameter, match="neither"):
            kind(text)


def test_settings() -> None:
    """A setting is taken apart at its first equals sign."""
    assert SETTING("window.opens = 9:00") == ("window.opens", "9:00")
    assert SETTING("agent=a=b") == ("agent", "a=b")
    with pytest.raises(click.BadParameter, match="KEY=VALUE"):
        SETTING("weight")


def test_limits_are_merged() -> None:
    """What is not given stays, "none" lifts a limit, and 0 is a limit like any other."""
    old = Limits(max_concurrent=10, calls_per_minute=30, calls_per_second=1.0)
    assert merged(old, None, None, None) == old
    assert merged(old, NO_LIMIT, 0, None) == Limits(max_concurrent=None, calls_per_minute=0, calls_per_second=1.0)
