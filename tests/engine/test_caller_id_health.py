"""How the newest calls of one number fared, and when that number is to rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.engine.caller_id_health import WINDOW_CALLS, WINDOW_S, CallerIdHealth, Health
from dialconsole.model.outcome import Outcome


def after(*outcomes: Outcome) -> CallerIdHealth:
    health = CallerIdHealth()
    for at, outcome in enumerate(outcomes):
        health.note(float(at), outcome, None)
    return health


BLOCKED, FINE = Outcome.BLOCKED, Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("blocked", "fine", "health"),
    [
        (0, 50, Health.WELL),
        (1, 0, Health.NOTED),
        (2, 10, Health.NOTED),
        (3, 10, Health.BAD),
        (4, 0, Health.BAD),
        (5, 0, Health.REST),
        (5, 15, Health.REST),
        (5, 16, Health.BAD),
        (12, 38, Health.BAD),
        (13, 37, Health.REST),
    ],
)
def test_a_quarter_blocked_and_five_at_least_is_to_rest(blocked: int, fine: int, health: Health) -> None:
    """A twentieth and three is bad; a single one is noted."""
    assert after(*[FINE] * fine, *[BLOCKED] * blocked).health is health


def test_only_the_newest_calls_of_a_day_count() -> None:
    """A label that was lifted is forgotten after fifty good calls, or after a day."""
    health = after(*[BLOCKED] * 5, *[FINE] * WINDOW_CALLS)
    assert (health.calls, health.blocked, health.health) == (WINDOW_CALLS, 0, Health.WELL)
    health = after(*[BLOCKED] * 5)
    health.forget(WINDOW_S + 10)
    assert (health.calls, health.health) == (0, Health.WELL)


def test_short_calls_are_answered_ones_that_end_within_seconds() -> None:
    """6 s and 12 s, both inclusive; what was never answered is not short."""
    health = CallerIdHealth()
    for at, talked in enumerate([2.0, 6.0, 6.1, 12.0, 12.1, 300.0]):
        health.note(float(at), Outcome.ANSWERED, talked)
    health.note(7.0, Outcome.NO_ANSWER, None)
    assert (health.answered, health.within_6s, health.within_12s) == (6, 2, 4)
    assert not health.many_short, "seven calls are too few to say so"
    for at in range(20):
        health.note(10.0 + at, Outcome.VOICEMAIL, 3.0 if at < 4 else 30.0)
    assert health.many_short, "6 of 27"


@pytest.mark.parametrize(
    ("usual", "earlier", "answered", "fell"),
    [
        (2, 400, 14, True),
        (2, 400, 15, False),
        (2, 100, 0, True),
        (2, 99, 0, False),
        (7, 400, 0, False),
        (1, 400, 33, True),
        (1, 400, 34, False),
    ],
)
def test_a_sudden_fall_in_answers(usual: int, earlier: int, answered: int, *, fell: bool) -> None:
    """Of every ``usual`` calls one was answered, then ``answered`` of fifty: no chance, and less than two thirds."""
    health = CallerIdHealth()
    for at in range(earlier):
        health.note(float(at), FINE if at % usual else Outcome.ANSWERED, 30.0)
    for at in range(WINDOW_CALLS):
        health.note(float(earlier + at), Outcome.ANSWERED if at < answered else FINE, 30.0)
    assert (health.calls, health.answered) == (WINDOW_CALLS, answered)
    assert health.answers_fell is fell
    health.forget(earlier + WINDOW_S)
    assert not health.answers_fell, "the calls before are more than a day ago"


@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 20_000.0),
            st.sampled_from([BLOCKED, FINE, Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.BUSY]),
            st.sampled_from([None, 1.0, 8.0, 100.0]),
        ),
        max_size=150,
    )
)
def test_the_figures_are_those_of_the_calls_in_view(story: list[tuple[float, Outcome, float | None]]) -> None:
    """Counted anew from the newest fifty of a day, after each call."""
    health, now, calls = CallerIdHealth(), 0.0, []
    for passed_s, outcome, talked in story:
        now += passed_s
        calls.append((now, outcome, talked))
        health.note(now, outcome, talked)
        view = [call for call in calls[-WINDOW_CALLS:] if call[0] > now - WINDOW_S]
        answered = [talked for _, outcome, talked in view if outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL)]
        assert health.calls == len(view)
        assert health.blocked == sum(outcome is BLOCKED for _, outcome, _ in view)
        assert health.answered == len(answered)
        assert health.within_6s == sum(talked is not None and talked <= 6 for talked in answered)
        assert health.within_12s == sum(talked is not None and talked <= 12 for talked in answered)
