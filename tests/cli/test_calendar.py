"""``dialconsole calendar``."""

from __future__ import annotations

import pytest

from cli.conftest import Shell


def test_add_list_remove(shell: Shell) -> None:
    """A day is added for a place however that is written, listed, and taken off."""
    assert "US-LA" in shell("calendar", "add", "Louisiana", "2026-12-24", "proclamation")
    [day] = shell.json("calendar", "list")
    assert (day["jurisdiction"], day["day"], day["reason"]) == ("US-LA", "2026-12-24", "proclamation")
    assert day["at"].endswith("Z")
    assert "proclamation" in shell("calendar", "list")
    assert shell.json("calendar", "remove", "la", "2026-12-24", "--reason", "a mistake")["changed"]
    assert not shell.json("calendar", "remove", "la", "2026-12-24")["changed"]
    assert "calendar add" in shell("calendar", "list")
    actions = [entry["action"] for entry in shell.json("audit")]
    assert actions == ["calendar day removed", "calendar day added"]


def test_a_day_holds_calls(shell: Shell) -> None:
    """Nobody in the place is callable on the day; the next day they may be."""
    shell("calendar", "add", "US-NY", "2026-03-03", "a storm")
    answer = shell.json("explain", "212-555-0143", "--at", "2026-03-03T17:00:00Z")
    hours = next(check for check in answer["checks"] if check["check"] == "hours")
    assert hours["verdict"] == "held"
    assert "a storm" in hours["sentence"]


@pytest.mark.parametrize(
    ("place", "sentence"), [("CA", "US-CA"), ("Kansass", "Did you mean Kansas?"), ("Atlantis", "no place 'Atlantis'")]
)
def test_a_place_that_is_not_known(shell: Shell, place: str, sentence: str) -> None:
    """A place that is ambiguous, mistyped or unknown is a sentence with the way out."""
    shell("calendar", "add", place, "2026-12-24", "proclamation", code=1)
    assert sentence in shell.err


def test_usage(shell: Shell) -> None:
    """A date that is none, or no reason, is a usage error or a sentence."""
    shell("calendar", "add", "LA", "24.12.2026", "proclamation", code=2)
    assert "2026-12-24" in shell.err
    shell("calendar", "add", "LA", "2026-12-24", code=2)
    shell("calendar", "add", "LA", "2026-12-24", " ", code=1)
    assert "reason" in shell.err
