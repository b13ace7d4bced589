"""Loudness to speech: tones, silence, hiss, clicks, and agreement with the detector told the truth."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.telephony.detection import Clue, Detection, Who, detect
from dialconsole.telephony.speech import HANGOVER_S, LOUD_DB, NOTHING_DB, ONSET_S, QUIET_DB, Ear, SpeechGate, level_db

FRAME_S = 0.02
RATE = 8000
SPOKEN_DB, HUSHED_DB = -18.0, -70.0


def tone(amplitude: float) -> bytes:
    """A frame of 20 ms."""
    return array("h", [int(amplitude * math.sin(2 * math.pi * n / 16)) for n in range(RATE // 50)]).tobytes()


def edges(levels: Iterable[float]) -> list[tuple[bool, float]]:
    """Where speech starts and stops in frames of these levels, in seconds."""
    gate = SpeechGate()
    found = [gate.hear(level, FRAME_S) for level in levels]
    return [(edge.starts, round(edge.at, 6)) for edge in found if edge is not None]


def heard(levels: Iterable[float], silence_after_s: float = 3.5, frame_s: float = FRAME_S) -> Detection:
    """The decision over these levels, and silence after them."""
    ear = Ear(0.0, silence_after_s)
    for level in levels:
        if found := ear.hear(level, frame_s):
            return found
    while (found := ear.hear(HUSHED_DB, frame_s)) is None:
        pass
    return found


def frames(*parts: tuple[float, float]) -> list[float]:
    """(level, seconds) as frames."""
    return [level for level, seconds in parts for _ in range(round(seconds / FRAME_S))]


def test_level_is_the_power_of_the_frame() -> None:
    """A sine of full scale lies 3 dB under a square of full scale, which is 0 dB; half of it is 6 dB less."""
    assert level_db(tone(32767)) == pytest.approx(-3.01, abs=0.05)
    assert level_db(tone(16384)) == pytest.approx(-9.03, abs=0.05)
    assert level_db(array("h", [-32768, 32767] * 80).tobytes()) == pytest.approx(0.0, abs=0.01)


def test_silence_and_an_empty_frame_have_the_lowest_level() -> None:
    """No logarithm of nothing."""
    assert level_db(bytes(320)) == level_db(b"") == NOTHING_DB
    assert level_db(array("h", [1] + [0] * 159).tobytes()) >= NOTHING_DB


def test_level_of_a_view_of_samples() -> None:
    """The SDK hands out a view of 16-bit numbers, not of bytes."""
    assert level_db(memoryview(tone(8000)).cast("h")) == level_db(tone(8000))


def test_a_word_starts_and_stops_where_it_did() -> None:
    """Edges come late but name their instants."""
    assert edges(frames((HUSHED_DB, 0.4), (SPOKEN_DB, 1.0), (HUSHED_DB, 1.0))) == [(True, 0.4), (False, 1.4)]


def test_a_click_is_no_speech() -> None:
    """Lines crackle when they are picked up."""
    assert edges(frames((HUSHED_DB, 0.2), (SPOKEN_DB, 0.04), (HUSHED_DB, 2.0))) == []


def test_a_gap_inside_of_a_word_is_speech() -> None:
    """The silence before a p or a t does not end a word."""
    spoken = frames((SPOKEN_DB, 0.5), (HUSHED_DB, 0.16), (SPOKEN_DB, 0.5), (HUSHED_DB, 1.0))
    assert edges(spoken) == [(True, 0.0), (False, 1.16)]


def test_hiss_is_no_speech_and_speech_over_it_is() -> None:
    """A bad line hisses at -38 dB from the first frame on; nobody speaks until somebody does."""
    noise = random.Random(5)
    hiss = [-38 + noise.uniform(-2, 2) for _ in range(100)]
    assert edges(hiss) == []
    assert [starts for starts, _ in edges([*hiss, *frames((SPOKEN_DB, 1.0)), *hiss])] == [True, False]


def test_padding_before_the_first_packet_is_not_the_line() -> None:
    """Digital silence says nothing about the line's noise: what hisses after it is still no speech."""
    noise = random.Random(6)
    assert edges([NOTHING_DB] * 20 + [-38 + noise.uniform(-2, 2) for _ in range(100)]) == []


@pytest.mark.parametrize("level", [-30.0, -20.0, -3.0])
def test_a_long_tone_never_becomes_its_own_background(level: float) -> None:
    """Five seconds of tone from the first frame on are a greeting, not noise and not a short word."""
    found = heard(frames((level, 5.0)))
    assert (found.who, found.clue) == (Who.MACHINE, Clue.GREETING)


def test_who_speaks_at_once_is_heard() -> None:
    """A person who says hello with the first frame is a person, although no quiet came before."""
    found = heard(frames((SPOKEN_DB, 0.8)))
    assert (found.who, found.clue) == (Who.HUMAN, Clue.SHORT_SPEECH)
    assert found.at == pytest.approx(1.3, abs=FRAME_S)


def test_speech_that_begins_right_before_the_deadline_counts() -> None:
    """It is known only after the deadline that it had begun before; that is soon enough."""
    assert heard(frames((HUSHED_DB, 3.48), (SPOKEN_DB, 0.6))).who is Who.HUMAN
    assert heard(frames((HUSHED_DB, 3.54), (SPOKEN_DB, 0.6))).clue is Clue.SILENT


def test_speech_that_ends_right_before_the_limit_is_no_greeting() -> None:
    """2.4 s of speech stay 2.4 s while the gate waits whether they are over."""
    assert heard(frames((HUSHED_DB, 0.2), (SPOKEN_DB, 2.4))).who is Who.HUMAN


def test_where_nothing_comes_it_is_silent() -> None:
    """A line without audio is as silent as one with silence in it."""
    ear = Ear(10.0, 3.5)
    assert ear.nothing_until(13.4) is None
    found = ear.nothing_until(14.0)
    assert found is not None
    assert (found.clue, found.at) == (Clue.SILENT, 13.5)


def test_nothing_ends_a_word() -> None:
    """A stream that breaks off in a word is a word and a silence."""
    ear = Ear(0.0, 3.5)
    for level in frames((HUSHED_DB, 0.2), (SPOKEN_DB, 0.6)):
        ear.hear(level, FRAME_S)
    found = ear.nothing_until(1.4)
    assert found is not None
    assert found.clue is Clue.SHORT_SPEECH


LEVELS = st.lists(st.floats(NOTHING_DB, 0.0), max_size=400)


@given(LEVELS)
def test_starts_and_stops_take_turns_in_order(levels: list[float]) -> None:
    """Whatever comes over a line: first a start, then a stop, each after the one before and none in the future."""
    found = edges(levels)
    assert [starts for starts, _ in found] == [index % 2 == 0 for index in range(len(found))]
    instants = [at for _, at in found]
    assert instants == sorted(set(instants))
    assert all(0 <= at <= len(levels) * FRAME_S for at in instants)


@given(LEVELS)
def test_threshold_only_falls_and_stays_within_its_bounds(levels: list[float]) -> None:
    """What was speech once is speech for the rest of the call, once the line's noise is known."""
    gate = SpeechGate()
    seen = []
    for level in levels:
        gate.hear(level, FRAME_S)
        if level > -80:
            seen.append(gate.threshold_db)
        assert QUIET_DB <= gate.threshold_db <= LOUD_DB
    assert seen == sorted(seen, reverse=True)


@given(LEVELS)
def test_everything_is_decided_within_its_time(levels: list[float]) -> None:
    """The ear decides every line, and never before what it says it heard."""
    found = heard(levels)
    assert 0 < found.at <= len(levels) * FRAME_S + 4.1


ODD_S = 0.03
"""Frames whose edges never fall on a deadline, where rounding would decide."""

WORDS = st.lists(
    st.tuples(st.integers(math.ceil(HANGOVER_S / ODD_S), 140), st.integers(math.ceil(ONSET_S / ODD_S), 140)), max_size=8
)
"""(frames of quiet, frames of speech): no speech so short that it is a click, no gap that stays within a word."""


@given(WORDS, st.sampled_from([3.1, 3.5, 4.0]))
def test_agrees_with_the_detector_that_is_told_the_truth(words: list[tuple[int, int]], silence_after_s: float) -> None:
    """On clear speech the ear decides as the detector does that knows when the callee spoke, and at the same time."""
    levels: list[float] = []
    spans: list[tuple[float, float]] = []
    for quiet, spoken in words:
        levels += [HUSHED_DB] * quiet
        start = len(levels) * ODD_S
        levels += [SPOKEN_DB] * spoken
        spans.append((start, len(levels) * ODD_S))
    truth, found = detect(spans, silence_after_s), heard(levels, silence_after_s, ODD_S)
    assert (found.who, found.clue) == (truth.who, truth.clue)
    assert found.at == pytest.approx(truth.at, abs=1e-6)
