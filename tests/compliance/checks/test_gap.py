"""Was this number called a moment ago?"""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.gap import GapCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.recent import RecentCalls
from dialconsole.model.verdict import VerdictKind

AT = 1_795_000_000.0


def call(gap: float = 900.0, campaign: str = "spring") -> ProposedCall:
    return ProposedCall(number=12015550123, zones=(), campaign=campaign, min_gap_s=gap)


def test_a_number_never_called_is_clear() -> None:
    """The evidence names the gap."""
    found = GapCheck(RecentCalls())(call(), AT)
    assert found.verdict is VerdictKind.CLEAR
    assert found.sentence == "No call to this number in the last 15 min, by any campaign."


@pytest.mark.parametrize(("ago", "held"), [(0.0, True), (899.0, True), (900.0, False), (5000.0, False)])
def test_a_call_waits_for_the_gap(ago: float, held: bool) -> None:
    """Held until the gap is over, to the second; then clear. Which campaign called before makes no difference."""
    recent = RecentCalls()
    recent.note(12015550123, AT - ago)
    found = GapCheck(recent)(call(campaign="autumn"), AT)
    assert found.verdict is (VerdictKind.HELD if held else VerdictKind.CLEAR)
    assert found.until == (AT - ago + 900.0 if held else None)


def test_the_hold_says_when_the_call_was() -> None:
    """With the instant and the length of the gap."""
    recent = RecentCalls()
    recent.note(12015550123, AT)
    found = GapCheck(recent)(call(), AT + 1)
    assert (found.code, found.sentence) == (
        "too_soon",
        "This number was called at 2026-11-18T11:06:40Z; the next call to it, by any campaign, waits 15 min.",
    )


def test_a_call_in_the_future_still_holds() -> None:
    """After a clock was set back, the last call seems to lie ahead; that is no reason to call at once."""
    recent = RecentCalls()
    recent.note(12015550123, AT + 3600)
    assert GapCheck(recent)(call(), AT).verdict is VerdictKind.HELD


def test_a_gap_longer_than_memory_holds() -> None:
    """Calls are remembered for a day; a gap of two days cannot be vouched for."""
    found = GapCheck(RecentCalls(keep_s=86_400.0))(call(gap=2 * 86_400.0), AT)
    assert (found.verdict, found.code, found.until) == (VerdictKind.HELD, "gap_unknown", None)
    assert "minimum gap is 2 d, but calls are remembered for 1 d only" in found.sentence


@pytest.mark.parametrize(("gap", "words"), [(0.0, "0 s"), (90.0, "90 s"), (7200.0, "2 h"), (0.5, "0.5 s")])
def test_lengths_are_told_in_the_largest_whole_unit(gap: float, words: str) -> None:
    """Ninety seconds stay seconds."""
    assert f"in the last {words}," in GapCheck(RecentCalls())(call(gap), AT).sentence
