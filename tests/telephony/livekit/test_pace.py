"""How often rooms are looked at: within the budget, the urgent ones more often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.telephony.livekit.pace import Pace, Waiting


def test_few_calls_are_looked_at_as_often_as_is_useful() -> None:
    """The budget is not there to be used up."""
    pace = Pace(600)
    pace.join(Waiting.VERDICT)
    assert pace.interval(Waiting.VERDICT) == Waiting.VERDICT.least_s < 1.0
    assert pace.interval(Waiting.TALK) == Waiting.TALK.least_s


def test_many_calls_are_looked_at_less() -> None:
    """100 conversations on 600 looks a minute: each every 10 s."""
    pace = Pace(600)
    for _ in range(100):
        pace.join(Waiting.TALK)
    assert pace.interval(Waiting.TALK) == pytest.approx(10.0)
    for _ in range(100):
        pace.leave(Waiting.TALK)
    assert pace.interval(Waiting.TALK) == Waiting.TALK.least_s


def test_webhooks_make_looking_rarer() -> None:
    """The end of a conversation is told; only what the agent reports must be looked for."""
    pace = Pace(600)
    assert pace.interval(Waiting.TALK_WITH_WEBHOOKS) > pace.interval(Waiting.TALK)


@given(
    st.integers(60, 100_000),
    st.lists(st.sampled_from(list(Waiting)), min_size=1, max_size=300),
)
def test_the_budget_is_kept(calls_per_minute: int, waiting: list[Waiting]) -> None:
    """Whatever the calls wait for, all their looks together fit into a minute."""
    pace = Pace(calls_per_minute)
    for one in waiting:
        pace.join(one)
    looks_a_minute = sum(60.0 / pace.interval(one) for one in waiting)
    assert looks_a_minute <= calls_per_minute * 1.0001
