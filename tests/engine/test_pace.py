"""A trunk's pace while the carrier asks for fewer calls: halved at once, given back slowly, never above the limit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.engine.pace import LEAST_PER_SECOND, LEAST_SHARE, LONGEST_STOP_S, STEP_S, Pace
from dialconsole.model.campaign import Limits

ONE = Limits(max_concurrent=10, calls_per_minute=30, calls_per_second=1.0)


def slowed(times: int = 1) -> Pace:
    pace = Pace()
    for at in range(times):
        assert pace.slow_down(float(at), float(at), None, 0.5)
    return pace


def test_a_trunk_that_is_not_asked_keeps_its_limits() -> None:
    """The very same limits: nothing is computed for a trunk without trouble."""
    assert Pace().limits(ONE) is ONE


def test_the_first_request_halves_it() -> None:
    """Only the calls per second; the operator's other limits stay."""
    assert slowed().limits(ONE) == Limits(max_concurrent=10, calls_per_minute=30, calls_per_second=0.5)


def test_one_burst_cuts_once() -> None:
    """Calls dialed before the cut say nothing about the pace after it."""
    pace = Pace()
    assert pace.slow_down(10.0, 11.0, None, 1.0)
    assert not pace.slow_down(10.5, 11.2, None, 1.0)
    assert pace.share == 0.5
    assert pace.slow_down(12.0, 12.1, None, 1.0)
    assert pace.share == 0.25


def test_it_comes_back_in_twentieths_every_half_minute() -> None:
    """From half to all in five minutes, and then it is no limit any more."""
    pace, now = slowed(), 0.0
    shares = []
    while not pace.whole:
        now = pace.next_step
        assert not pace.recover(now - 0.01)
        assert pace.recover(now)
        shares.append(round(pace.share, 2))
    assert shares == [0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]
    assert now == 10 * STEP_S
    assert pace.next_step == math.inf
    assert pace.limits(ONE) is ONE


def test_it_goes_no_lower_than_once_a_minute() -> None:
    """A trunk that stands still would never learn that it may go again."""
    pace = slowed(40)
    assert pace.share == LEAST_SHARE
    assert pace.limits(ONE).calls_per_second == pytest.approx(LEAST_PER_SECOND)
    slow = Limits(calls_per_second=0.001)
    assert pace.limits(slow).calls_per_second == 0.001, "but never above the limit"


def test_without_a_limit_of_its_own_the_pace_of_the_last_minute_is_halved() -> None:
    """There is no other whole to take a share of."""
    assert slowed().limits(Limits()).calls_per_second == 0.25


def test_retry_after_stops_it_for_as_long_as_the_carrier_says() -> None:
    """The later of two holds; an hour at most, for a carrier may say a year; recovery begins after it."""
    pace = Pace()
    pace.slow_down(0.0, 0.0, 20.0, 1.0)
    pace.slow_down(0.0, 1.0, 5.0, 1.0)
    assert pace.stopped(19.9)
    assert not pace.stopped(20.0)
    assert pace.next_step == 20.0 + STEP_S
    pace.slow_down(30.0, 30.0, 1e9, 1.0)
    assert pace.stopped_until == 30.0 + LONGEST_STOP_S


def test_a_person_gives_it_back() -> None:
    """At once, hold and share; what was dialed before does not slow it down again."""
    pace = Pace()
    pace.slow_down(0.0, 0.0, 20.0, 1.0)
    assert pace.reset(5.0)
    assert pace.whole
    assert not pace.stopped(5.0)
    assert not pace.slow_down(4.0, 6.0, None, 1.0)
    assert not pace.reset(7.0)


@given(
    st.lists(st.tuples(st.floats(0.0, 200.0), st.booleans(), st.sampled_from([None, 3.0, 90.0])), max_size=60),
    st.sampled_from(
        [ONE, Limits(calls_per_second=20_000.0), Limits(calls_per_second=0.002), Limits(calls_per_minute=6)]
    ),
    st.floats(0.0, 50.0),
)
def test_never_above_the_limit_and_whole_again_in_the_end(
    story: list[tuple[float, bool, float | None]], limits: Limits, measured: float
) -> None:
    """Whatever the carrier asks and when: the effective pace is positive, at most the operator's, and comes back."""
    pace, now = Pace(), 0.0
    for passed_s, asked, wait_s in story:
        now += passed_s
        pace.recover(now)
        if asked:
            pace.slow_down(now, now, wait_s, measured)
        effective = pace.limits(limits)
        assert effective.calls_per_second is None or effective.calls_per_second > 0
        if limits.calls_per_second is not None:
            assert effective.calls_per_second is not None
            assert effective.calls_per_second <= limits.calls_per_second
        assert (effective.max_concurrent, effective.calls_per_minute) == (
            limits.max_concurrent,
            limits.calls_per_minute,
        )
        assert pace.whole or pace.next_step < math.inf
    pace.recover(max(now, pace.stopped_until) + 25 * STEP_S)
    assert pace.limits(limits) is limits
