"""When does the callee speak? From the loudness of what comes over the line, and nothing else.

A call is listened to for some four seconds after the answer, so that ``MachineDetector`` can tell a person from a
machine. A telephone line is kind to that: it is narrow, near the mouth, and mostly silent. So loudness is enough, and
costs microseconds a frame. Rejected: voice activity networks (a model to download and to keep warm, for a question
that a threshold answers); a fixed threshold alone (a hissing line is a callee who never stops speaking, so the
threshold follows the quietest that the line has been); a floor that rises with time (it takes a long tone for noise,
and what was a machine becomes "spoke, then waited": a person).

Nothing here waits or reads a clock: time is counted in audio.
"""

from __future__ import annotations

import math
from operator import mul
from typing import Final

from msgspec import Struct

from dialconsole.telephony.detection import SILENCE_AFTER_S, Detection, MachineDetector

NOTHING_DB: Final = -100.0
"""The level of digital silence."""

QUIET_DB: Final = -45.0
"""Never speech below this, relative to full scale, however quiet the line is."""

LOUD_DB: Final = -32.0
"""Always speech above this, however noisy the line seems: somebody may speak from the first instant on."""

MARGIN_DB: Final = 10.0
"""Between these two, speech is what stands out from the line's own noise by this much."""

_LINE_DB: Final = -80.0
"""What is quieter is no noise of a line but padding: before the first packet, or where noise is suppressed."""

ONSET_S: Final = 0.06
"""Shorter noises are the clicks of a line that is picked up."""

HANGOVER_S: Final = 0.2
"""Shorter gaps are inside of words; longer ones are told to the detector, which knows a breath from a pause."""

_HAIR_S: Final = 1e-6
"""Sums of frame lengths miss a round number by a hair."""


def level_db(samples: memoryview | bytes | bytearray) -> float:
    """The level of a frame of 16-bit samples (root mean square), in decibels of full scale."""
    values = memoryview(samples).cast("B").cast("h")
    power = sum(map(mul, values, values))
    if not power:
        return NOTHING_DB
    return max(NOTHING_DB, 10 * math.log10(power / len(values) / 32768**2))


class Edge(Struct, frozen=True):
    """Where speech starts, or stops."""

    starts: bool
    at: float


class SpeechGate:
    """Levels of frames in, edges of speech out. Each edge is told a little late, with the instant at which it was."""

    __slots__ = ("_floor_db", "_turned", "now", "speaking")

    def __init__(self, at: float = 0.0) -> None:
        self.now = at
        """The instant up to which frames have been heard."""
        self.speaking = False
        self._turned: float | None = None
        """Since when frames have been saying the contrary of ``speaking``."""
        self._floor_db: float | None = None
        """The quietest that the line has been. It only ever falls, so no long tone becomes its own background."""

    @property
    def threshold_db(self) -> float:
        """What is louder is speech, as far as is known now."""
        if self._floor_db is None:
            return QUIET_DB
        return min(max(self._floor_db + MARGIN_DB, QUIET_DB), LOUD_DB)

    @property
    def settled(self) -> float:
        """The instant up to which no edge can come any more."""
        return self.now if self._turned is None else self._turned

    def hear(self, level: float, seconds: float) -> Edge | None:
        """The next frame: how loud and how long it is."""
        if level > _LINE_DB and (self._floor_db is None or level < self._floor_db):
            self._floor_db = level
        began = self.now
        self.now += seconds
        loud = level > self.threshold_db
        if loud == self.speaking:
            self._turned = None
            return None
        if self._turned is None:
            self._turned = began
        if self.now - self._turned < (ONSET_S if loud else HANGOVER_S) - _HAIR_S:
            return None
        edge = Edge(loud, self._turned)
        self.speaking, self._turned = loud, None
        return edge


class Ear:
    """Hears a call from its answer on, and decides: a ``SpeechGate`` in front of a ``MachineDetector``."""

    __slots__ = ("_detector", "_gate")

    def __init__(self, answered_at: float = 0.0, silence_after_s: float = SILENCE_AFTER_S) -> None:
        self._gate = SpeechGate(answered_at)
        self._detector = MachineDetector(answered_at, silence_after_s)

    @property
    def deadline(self) -> float | None:
        """The instant at which it is decided if nothing changes before; None once it is."""
        return self._detector.deadline

    @property
    def detection(self) -> Detection | None:
        """The decision, once there is one."""
        return self._detector.detection

    def hear(self, level: float, seconds: float) -> Detection | None:
        """The next frame; the decision as soon as there is one."""
        edge = self._gate.hear(level, seconds)
        if edge is not None and edge.starts:
            self._detector.speech_started(edge.at)
        elif edge is not None:
            self._detector.speech_stopped(edge.at)
        deadline = self._detector.deadline
        # The detector may only be told of time in which no edge can come any more, or it would decide before it.
        if deadline is not None and self._gate.settled > deadline:
            self._detector.timer(self._gate.settled)
        return self._detector.detection

    def nothing_until(self, at: float) -> Detection | None:
        """No audio has come up to ``at``; that is silence too."""
        return self.hear(NOTHING_DB, max(0.0, at - self._gate.now))
