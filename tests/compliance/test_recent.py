"""When each number was last called."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.recent import RecentCalls

NUMBER = 12015550123


def test_the_latest_claim_counts() -> None:
    """A second call replaces the first; other numbers have none."""
    recent = RecentCalls()
    recent.note(NUMBER, 100.0)
    recent.note(NUMBER, 900.0)
    assert recent.last(NUMBER) == 900.0
    assert recent.last(NUMBER + 1) is None


def test_a_call_that_never_rang_is_taken_back() -> None:
    """The call before it counts again; without one there is none. Taking back twice, or a stranger, is harmless."""
    recent = RecentCalls()
    recent.note(NUMBER, 100.0)
    recent.note(NUMBER, 900.0)
    recent.forget(NUMBER)
    assert recent.last(NUMBER) == 100.0
    recent.forget(NUMBER)
    recent.forget(NUMBER)
    assert recent.last(NUMBER) is None


def test_the_gap_is_measured_from_when_the_call_was_placed() -> None:
    """It is claimed before, and may wait; of an older call, or a stranger, nothing changes."""
    recent = RecentCalls()
    recent.note(NUMBER, 100.0)
    recent.note(NUMBER, 900.0)
    recent.placed(NUMBER, 900.0, 960.0)
    assert recent.last(NUMBER) == 960.0
    recent.placed(NUMBER, 100.0, 170.0)
    recent.placed(NUMBER + 1, 100.0, 170.0)
    assert (recent.last(NUMBER), recent.last(NUMBER + 1)) == (960.0, None)
    recent.forget(NUMBER)
    assert recent.last(NUMBER) == 100.0


def test_old_calls_are_forgotten() -> None:
    """Noting a call forgets those older than ``keep_s``, and a call noted again is as new as its last."""
    recent = RecentCalls(keep_s=60.0)
    recent.note(1, 0.0)
    recent.note(2, 10.0)
    recent.note(1, 50.0)
    recent.note(3, 75.0)
    assert (recent.last(1), recent.last(2), recent.last(3)) == (50.0, None, 75.0)
    assert len(recent) == 2


def test_loading_replaces_what_was_known() -> None:
    """At start, or to keep longer: the ledger's pairs in any order, pruned afterwards as ever."""
    recent = RecentCalls(keep_s=60.0)
    recent.note(1, 5.0)
    recent.load([(3, 30.0), (2, 20.0)], keep_s=100.0)
    assert (recent.last(1), recent.last(2), recent.keep_s) == (None, 20.0, 100.0)
    recent.note(4, 125.0)
    assert (recent.last(2), recent.last(3)) == (None, 30.0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.floats(-50, 100)), max_size=60))
def test_nothing_younger_than_keep_s_is_forgotten(calls: list[tuple[int, float]]) -> None:
    """Whatever the order of numbers, and also when time goes backwards (a clock that was set)."""
    recent = RecentCalls(keep_s=60.0)
    last: dict[int, float] = {}
    now = latest = 1000.0
    for number, step in calls:
        now += step
        latest = max(latest, now)
        recent.note(number, now)
        last[number] = now
        for known, at in last.items():
            if at >= latest - 60.0:
                assert recent.last(known) == at
