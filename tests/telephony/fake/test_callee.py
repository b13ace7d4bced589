"""Callees: repeatable, independent of order, and as frequent as the scenario says."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from dialconsole.telephony.fake.behaviour import Behaviour
from dialconsole.telephony.fake.callee import NEVER, Callee, Cast
from dialconsole.telephony.fake.scenario import Scenario, Span, load_scenario

NUMBERS = [f"+1212{5560000 + n}" for n in range(300)]


def only(behaviour: Behaviour) -> Scenario:
    return Scenario("", "", {behaviour: 1.0})


def within(value: float, span: Span) -> bool:
    return span[0] <= value <= span[1]


def test_same_seed_same_callees() -> None:
    """Two casts with one seed draw the same, whatever the order of the calls."""
    scenario = load_scenario("basic")
    forwards, backwards = Cast(scenario, 3), Cast(scenario, 3)
    first = {(number, n): forwards.callee(number, n) for number in NUMBERS for n in (1, 2)}
    second = {(number, n): backwards.callee(number, n) for n in (2, 1) for number in reversed(NUMBERS)}
    assert first == second


def test_seed_number_and_attempt_all_matter() -> None:
    """Another seed, another number or another attempt is another callee."""
    scenario = load_scenario("basic")
    callees = {
        (seed, number, n): Cast(scenario, seed).callee(number, n)
        for seed in (1, 2)
        for number in NUMBERS[:2]
        for n in (1, 2)
    }
    assert len({msgspec.json.encode(callee) for callee in callees.values()}) == len(callees)


def test_draws_do_not_change_between_releases() -> None:
    """A seed written down in a training's notes keeps its meaning: these digits are part of the interface."""
    callee = Cast(load_scenario("basic"), 1).callee("+12125560001", 1)
    drawn = [callee.agent_ready_s, callee.rings_after_s, callee.answers_after_s, callee.stays_s, callee.message_s]
    assert drawn == pytest.approx([0.719219, 0.920661, 14.456148, 38.214574, 11.892239], abs=1e-6)
    assert kind_of(callee) == "talks"


def kind_of(callee: Callee) -> str:
    """What kind of callee it is, told from its data alone."""
    if callee.refusal is not None:
        return str(callee.refusal._replace(retry_after_s=callee.refusal.retry_after_s and 1.0))
    if callee.answers_after_s == NEVER:
        return "rings on"
    if callee.stays_s == NEVER:
        return "greeting" if callee.speech else "silent machine"
    if callee.wish:
        return "asks not to be called"
    if not callee.speech:
        return "hangs up at once"
    return "talks long" if callee.stays_s >= 900 else "talks"


@pytest.mark.parametrize("name", ["basic", "busy_evening", "voicemail_heavy", "carrier_trouble"])
def test_shares_follow_the_weights(name: str) -> None:
    """Over 2,000 numbers each kind of callee is within four standard deviations of its weight."""
    scenario, many = load_scenario(name), 2000
    cast = Cast(scenario, 11)
    seen = Counter(kind_of(cast.callee(f"+1303{2000000 + n}", 1)) for n in range(many))
    total = sum(scenario.weights.values())
    for behaviour, weight in scenario.weights.items():
        kind, share = kind_of(Cast(only(behaviour), 1).callee("+13032000000", 1)), weight / total
        deviation = (share * (1 - share) / many) ** 0.5
        assert abs(seen.pop(kind, 0) / many - share) <= 4 * deviation, behaviour
    assert not seen


def test_a_weight_of_zero_never_happens() -> None:
    """Weights may be switched off without leaving the file."""
    cast = Cast(Scenario("", "", {Behaviour.BUSY: 0, Behaviour.ANSWERED: 1, Behaviour.DECLINED: 0}), 1)
    assert {kind_of(cast.callee(number, 1)) for number in NUMBERS} == {"talks"}


def test_times_stay_within_their_spans() -> None:
    """Every drawn time lies in the span that the scenario gives it."""
    times = Scenario("", "", {Behaviour.ANSWERED: 1}).times
    for number in NUMBERS:
        callee = Cast(only(Behaviour.ANSWERED), 5).callee(number, 1)
        ((start, stop),) = callee.speech
        assert within(callee.agent_ready_s, times.agent_ready_s)
        assert within(callee.rings_after_s, times.post_dial_s)
        assert within(callee.answers_after_s, times.ring_s)
        assert within(start, times.first_word_s)
        assert within(round(stop - start, 9), times.hello_s)
        assert within(callee.stays_s, times.talk_s)
        assert within(callee.message_s, times.message_s)


def test_talks_are_skewed() -> None:
    """Talk times are log-normal: most are short, the mean lies above the median."""
    cast = Cast(only(Behaviour.ANSWERED), 5)
    talks = sorted(cast.callee(number, 1).stays_s for number in NUMBERS)
    assert sum(talks) / len(talks) > talks[len(talks) // 2]


def test_who_asks_not_to_be_called_says_so() -> None:
    """The wish has words, comes after the greeting and before the end of the call."""
    for number in NUMBERS[:50]:
        callee = Cast(only(Behaviour.OPT_OUT), 5).callee(number, 1)
        assert callee.wish
        assert callee.speech[0][1] < callee.wish_after_s < callee.stays_s


def test_number_patterns_come_before_weights() -> None:
    """A number whose digits fix what it does is not drawn from the scenario."""
    assert kind_of(Cast(only(Behaviour.BUSY), 1).callee("+14045550110", 1)) == "talks"


def test_an_attempt_that_the_carrier_spoiled_is_drawn_anew() -> None:
    """It comes again with the same attempt number, and must not meet the same fault for ever."""
    cast = Cast(load_scenario("basic"), 1)
    again = [cast.callee(number, 1, spoiled) for number in NUMBERS for spoiled in range(4)]
    assert len(set(again)) == len(again)
