"""Person or machine: the thresholds, their edges, and a slow second opinion."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.telephony.detection import Clue, Detection, MachineDetector, Who, detect


def test_short_speech_then_silence_is_a_person() -> None:
    """ "Hello?" and a wait: decided half a second after the word."""
    found = detect([(1.0, 1.6)])
    assert (found.who, found.clue) == (Who.HUMAN, Clue.SHORT_SPEECH)
    assert found.at == pytest.approx(2.1)
    assert found.sentence == "spoke 0.6 s, then waited"


def test_long_speech_is_a_greeting() -> None:
    """Decided as soon as 2.5 s of speech are over, not at the end of the greeting."""
    found = detect([(0.5, 7.0)])
    assert (found.who, found.clue, found.at) == (Who.MACHINE, Clue.GREETING, 3.0)
    assert found.sentence == "more than 2.5 s of speech without a pause"


@pytest.mark.parametrize("silence_after_s", [3.0, 3.5, 4.0])
def test_silence_is_a_machine(silence_after_s: float) -> None:
    """No speech within the campaign's setting."""
    found = detect([], silence_after_s)
    assert (found.who, found.clue, found.at) == (Who.MACHINE, Clue.SILENT, silence_after_s)
    assert found.sentence == f"no speech within {silence_after_s:g} s of the answer"


def test_speech_at_the_last_instant_counts() -> None:
    """ "Within 3.5 s" includes 3.5 s; later is too late."""
    assert detect([(3.5, 4.0)]).who is Who.HUMAN
    assert detect([(3.500001, 4.0)]).who is Who.MACHINE


def test_exactly_two_and_a_half_seconds_is_no_greeting() -> None:
    """A greeting takes more than 2.5 s."""
    assert detect([(1.0, 3.5)]).who is Who.HUMAN
    assert detect([(1.0, 3.500001)]).who is Who.MACHINE


def test_a_breath_is_no_pause() -> None:
    """Gaps under half a second do not start the speech anew: the parts add up to a greeting."""
    found = detect([(0.5, 2.0), (2.4, 3.9)])
    assert found.clue is Clue.GREETING
    assert found.at == pytest.approx(3.4)


def test_a_breath_of_exactly_half_a_second_goes_on() -> None:
    """What is heard at the instant of a deadline comes before the deadline."""
    assert detect([(0.5, 1.5), (2.0, 4.0)]).who is Who.MACHINE
    assert detect([(0.5, 1.5), (2.000001, 4.0)]).who is Who.HUMAN


def test_returns_the_next_deadline() -> None:
    """Each call says when to come back; None once it is decided."""
    detector = MachineDetector(100.0, 4.0)
    assert detector.deadline == 104.0
    assert detector.speech_started(101.0) == 103.5
    assert detector.speech_stopped(102.0) == 102.5
    assert detector.timer(102.5) is None
    assert detector.detection is not None
    assert detector.detection.at == 102.5


def test_timer_before_its_time_changes_nothing() -> None:
    """A loop may wake a little early; the deadline stands."""
    detector = MachineDetector(0.0)
    assert detector.timer(3.499999) == 3.5
    assert detector.detection is None


def test_late_timer_decides_at_the_deadline() -> None:
    """A late wake-up does not move the instant of the decision."""
    detector = MachineDetector(0.0)
    detector.timer(9.0)
    assert detector.detection is not None
    assert detector.detection.at == 3.5


def test_late_news_does_not_overtake_a_deadline() -> None:
    """Speech reported after the deadline has passed finds the decision made."""
    detector = MachineDetector(0.0)
    assert detector.speech_started(3.6) is None
    assert detector.detection is not None
    assert detector.detection.clue is Clue.SILENT


def test_early_media_counts_from_the_answer() -> None:
    """Speech that began before the answer is heard from the answer on."""
    detector = MachineDetector(10.0)
    assert detector.speech_started(4.0) == 12.5


def test_repeated_news_is_ignored() -> None:
    """A second start while speaking, or stop while silent, moves nothing."""
    detector = MachineDetector(0.0)
    assert detector.speech_stopped(0.5) == 3.5
    assert detector.speech_started(1.0) == 3.5
    assert detector.speech_started(2.0) == 3.5
    assert detector.speech_stopped(3.0) == 3.5
    assert detector.speech_stopped(3.2) == 3.5
    detector.timer(3.5)
    assert detector.detection is not None
    assert detector.detection.sentence == "spoke 2.0 s, then waited"


def test_the_decision_stands() -> None:
    """Nothing heard later changes it."""
    detector = MachineDetector(0.0)
    detector.timer(3.5)
    first = detector.detection
    assert detector.speech_started(4.0) is None
    assert detector.speech_stopped(4.2) is None
    assert detector.timer(9.0) is None
    assert detector.detection is first


EIGHTH = 0.125
"""Of a second: the ticks of the tests below, because sums of eighths are exact."""

TICKS = st.lists(st.integers(0, 64), max_size=8, unique=True).map(sorted)
"""Instants in ticks, in turn a start and a stop."""


def by_the_tick(instants: list[int], silence_after: int) -> tuple[Who, Clue, int]:
    """The rules read aloud, tick by tick: what the detector must agree with."""
    starts = instants[::2]
    stops = [*instants[1::2], 10_000][: len(starts)]
    spoken = silent = 0
    for tick in range(10_000):
        speaking = any(start <= tick < stop for start, stop in zip(starts, stops, strict=True))
        if speaking and spoken == 20:
            return Who.MACHINE, Clue.GREETING, tick
        if not speaking and spoken and silent == 4:
            return Who.HUMAN, Clue.SHORT_SPEECH, tick
        if not speaking and not spoken and tick == silence_after:
            return Who.MACHINE, Clue.SILENT, tick
        spoken, silent = (spoken + 1, 0) if speaking else (spoken, silent + 1)
    raise AssertionError("undecided")


@given(instants=TICKS, silence_after=st.sampled_from([24, 28, 32]))
@settings(max_examples=400, deadline=None)
def test_agrees_with_the_rules_read_aloud(instants: list[int], silence_after: int) -> None:
    """For any speech the detector decides what a walk through the ticks decides, at the same instant."""
    detector = MachineDetector(0.0, silence_after * EIGHTH)
    for place, tick in enumerate(instants):
        (detector.speech_stopped if place % 2 else detector.speech_started)(tick * EIGHTH)
    while (deadline := detector.deadline) is not None:
        detector.timer(deadline)
    found = detector.detection
    assert found is not None
    who, clue, decided = by_the_tick(instants, silence_after)
    assert (found.who, found.clue, found.at) == (who, clue, decided * EIGHTH)


@given(instants=TICKS, silence_after=st.floats(3.0, 4.0))
@settings(max_examples=200, deadline=None)
def test_timers_at_every_turn_change_nothing(instants: list[int], silence_after: float) -> None:
    """Whether a loop calls ``timer`` often or only when it must, the decision is the same."""
    seldom, often = MachineDetector(0.0, silence_after), MachineDetector(0.0, silence_after)
    for place, tick in enumerate(instants):
        for detector in (seldom, often):
            (detector.speech_stopped if place % 2 else detector.speech_started)(tick * EIGHTH)
        often.timer(tick * EIGHTH + 0.05)
    assert finished(seldom) == finished(often)


def finished(detector: MachineDetector) -> Detection | None:
    while (deadline := detector.deadline) is not None:
        detector.timer(deadline)
    return detector.detection


@given(parts=st.lists(st.floats(0.01, 3.0), min_size=2, max_size=8))
@settings(max_examples=100, deadline=None)
def test_deadlines_lie_ahead(parts: list[float]) -> None:
    """A deadline is never before the instant that was just told, so a timer can always be set."""
    detector = MachineDetector(0.0)
    instants = [sum(parts[:n]) for n in range(1, len(parts) + 1)]
    assert all(a < b for a, b in pairwise(instants))
    for place, at in enumerate(instants):
        deadline = (detector.speech_stopped if place % 2 else detector.speech_started)(at)
        assert deadline is None or deadline >= at
