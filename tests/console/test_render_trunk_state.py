"""What the gauges say of a trunk in trouble."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from console.fake_engine import NOW, trunk_views
from dialconsole.console.render.limits import trunk_line, trunk_row
from dialconsole.console.render.trunk_state import trunk_facts, trunk_state
from dialconsole.model.view import CallerIdView, Circuit, TrunkView

ZONE = "America/New_York"
FRESH, RESTING = CallerIdView("+13125550101"), CallerIdView("+12125550100", 50, 20, 14, resting_until=NOW + 3600)


def trunk(**changes: Any) -> TrunkView:
    return msgspec.structs.replace(trunk_views()[0], **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"circuit": Circuit.OPEN, "cause": "Away.", "retry_at": NOW + 22}, "● OPEN, retry 0:22"),
        ({"circuit": Circuit.OPEN, "cause": "Away.", "pace": 0.5, "locked": True}, "● OPEN, trying"),
        ({"circuit": Circuit.HALF_OPEN, "cause": "Away.", "trial": True}, "◐ 1 trial call"),
        ({"circuit": Circuit.HALF_OPEN, "cause": "Away."}, "◐ next call is a trial"),
        ({"stopped_until": NOW + 40, "pace": 0.5}, "carrier says wait, 0:40"),
        ({"caller_ids": (RESTING,), "locked": True}, "caller IDs rest: blocked"),
        ({"locked": True, "allowed": 2}, "LOCKED: allow list of 2"),
        ({"pace": 0.5}, "pace 0.5/s of 1/s: carrier asks for less"),
        ({"caller_ids": (RESTING, FRESH)}, "1 of 2 caller IDs rest"),
    ],
)
def test_the_most_pressing_stands_in_the_gauge(changes: dict[str, Any], words: str) -> None:
    """One state, in a few words; each has a shorter form for narrow screens, and facts for the line below."""
    state = trunk_state(trunk(**changes), NOW, ascii_only=False)
    assert state is not None
    assert state.words[0] == words
    assert len(state.words[-1]) <= 21
    assert trunk_facts(trunk(**changes), NOW, ZONE)


def test_a_sound_trunk_says_what_its_limits_say() -> None:
    """No state, no facts; the line below says so in words, for a closed circuit is not what "closed" is elsewhere."""
    sound = trunk(caller_ids=(FRESH,))
    assert trunk_state(sound, NOW, ascii_only=False) is None
    assert trunk_row(sound, NOW).now[0] == "minute full, next in 2.0 s, 12 wait"
    assert trunk_line(sound, 60, NOW, ZONE).text == "main  circuit in order"


def test_the_pace_column_shows_what_is_left() -> None:
    """Not the operator's limit, which does not hold at the moment."""
    row = trunk_row(trunk(pace=0.5), NOW)
    assert (row.pace, row.role) == (0.5, "trunk-limited")


@pytest.mark.parametrize("width", [30, 50, 79, 120])
def test_the_line_below_holds_whole_facts(width: int) -> None:
    """The cause first, then which number rests until when, the lock and the pace, as many as fit."""
    troubled = trunk(
        circuit=Circuit.OPEN,
        cause="The carrier is out of service or full.",
        caller_ids=(RESTING,),
        locked=True,
        pace=0.5,
    )
    line = trunk_line(troubled, width, NOW, ZONE)
    assert line.width <= width
    assert "The carrier is" in line.text
    if width == 120:
        assert "+1 212-555-0100 rests until 11:14: 14 of 50 calls blocked" in line.text
