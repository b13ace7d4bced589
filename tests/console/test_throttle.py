"""Steps of pace: the ladder, its ends, and whose limit holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.fake_engine import campaign_views, trunk_views
from dialconsole.console.throttle import LADDER, campaign_step, in_words, trunk_step
from dialconsole.model.campaign import Limits

TRUNK = trunk_views()[0]
CAMPAIGN = campaign_views()[1]


@given(pace=st.integers(0, 1_000_000), direction=st.sampled_from([1, -1]))
@settings(max_examples=200, deadline=None)
def test_a_step_always_goes_the_way_it_was_asked(pace: int, direction: int) -> None:
    """Up is more, down is less, by at most half or double, and never out of range; at the end it says so."""
    step = trunk_step(TRUNK, Limits(calls_per_minute=pace), direction)
    if step.limits is None:
        assert step.note and pace in (0, 1, 1_000_000)
        return
    new = step.limits.calls_per_minute
    assert new is not None and 1 <= new <= 1_000_000
    assert (new - pace) * direction > 0


def test_the_ladder_rises_by_round_numbers() -> None:
    """Each once, in order."""
    assert list(LADDER) == sorted(set(LADDER))
    assert LADDER[:12] == (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25)


def test_up_and_down_come_back() -> None:
    """From a rung, one up and one down is where one was."""
    up = trunk_step(TRUNK, Limits(calls_per_minute=30), 1)
    assert up.limits is not None
    down = trunk_step(TRUNK, up.limits, -1)
    assert down.limits == Limits(calls_per_minute=30)


def test_other_limits_stay_as_they_are() -> None:
    """A key for the pace touches nothing else, the carrier's calls per second least of all."""
    step = trunk_step(TRUNK, TRUNK.limits, -1)
    assert step.limits == Limits(max_concurrent=12, calls_per_minute=25, calls_per_second=1.0)


def test_a_pace_that_the_smoothing_does_not_allow_says_so() -> None:
    """More a minute than one a second lets through is named, not hidden."""
    step = trunk_step(TRUNK, Limits(calls_per_minute=60, calls_per_second=1.0), 1)
    assert "no more than 60" in step.note


def test_a_trunk_without_a_pace_starts_from_its_smoothing() -> None:
    """Two a second are 120 a minute; the first step down sets a limit of 100."""
    step = trunk_step(TRUNK, Limits(calls_per_second=2.0), -1)
    assert step.limits == Limits(calls_per_minute=100, calls_per_second=2.0)


def test_a_trunk_without_any_pace_says_how_to_set_one() -> None:
    """There is no number to move."""
    step = trunk_step(TRUNK, Limits(max_concurrent=5), 1)
    assert step.limits is None and "e sets one" in step.note


def test_a_campaign_without_a_limit_starts_from_its_trunks() -> None:
    """Throttling it down gives it one of its own."""
    step = campaign_step(CAMPAIGN, Limits(), TRUNK.limits, -1)
    assert step.limits == Limits(calls_per_minute=25)
    assert "no limit of its own (trunk main: 30 a minute)" in step.old


def test_a_campaign_throttled_up_to_its_trunk_has_no_limit_of_its_own_any_more() -> None:
    """More than the trunk allows would only look like a limit."""
    step = campaign_step(CAMPAIGN, Limits(max_concurrent=3, calls_per_minute=25), TRUNK.limits, 1)
    assert step.limits == Limits(max_concurrent=3)
    assert "no limit of its own" in step.new


@pytest.mark.parametrize("trunk", [TRUNK.limits, Limits(calls_per_second=0.5)])
def test_a_campaign_at_its_trunks_pace_cannot_go_faster(trunk: Limits) -> None:
    """The trunk has to be throttled instead."""
    step = campaign_step(CAMPAIGN, Limits(), trunk, 1)
    assert step.limits is None and "then +" in step.note


def test_without_any_limit_there_is_nothing_to_move() -> None:
    """Neither the campaign's nor the trunk's."""
    assert campaign_step(CAMPAIGN, Limits(), Limits(), -1).limits is None


def test_limits_in_words() -> None:
    """All that are set, or that none is."""
    assert in_words(TRUNK.limits) == "30 a minute, 12 at once, 1 a second"
    assert in_words(Limits()) == "no limit"
