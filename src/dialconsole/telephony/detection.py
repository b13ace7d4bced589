"""Person or machine? A decision from when the callee speaks, and nothing else.

A voicemail answers with the same 200 OK as a person, so signalling cannot tell. Timing nearly can: a person says a
short word and waits; a greeting goes on and on; a mailbox without a greeting, or a line answered by equipment, says
nothing. The thresholds are the ones in common use (the answering machine detection of livekit-agents has the same 2.5
and 0.5 s); silence is the campaign's own setting.

The detector has no timer of its own: each call tells it an instant and returns the next instant at which to call
``timer``. So the very same code decides in a simulation and, fed by a voice activity detector, on real calls.
Rejected: a coroutine that sleeps (cannot be run ahead of time, and costs a task per call); transcripts and language
models (slower than the silence they would explain).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

SILENCE_AFTER_S: Final = 3.5
"""No speech for this long after the answer is a machine. Campaigns may set 3 to 4 s."""

GREETING_S: Final = 2.5
"""More speech than this without a pause is a greeting."""

PAUSE_S: Final = 0.5
"""Silence of this length after speech is a pause: the speaker waits for a reply. Shorter gaps are breath."""


class Who(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"


class Clue(StrEnum):
    """What gave it away."""

    SILENT = "silent"
    GREETING = "greeting"
    SHORT_SPEECH = "short_speech"


class Detection(Struct, frozen=True):
    """The decision, once and for all."""

    who: Who
    clue: Clue
    at: float
    """The instant of the decision, on the caller's clock."""
    sentence: str


class MachineDetector:
    """Feed it what is heard, in order of time; ask ``detection`` when ``deadline`` is None.

    Every method returns the next deadline: the instant at which to call ``timer`` if nothing is heard before, None
    once decided. What is heard at the very instant of a deadline counts before the deadline, so "within 3.5 s"
    includes 3.5 s. An instant that lies before an earlier one counts as that one: speech that began before the answer
    (early media) is heard from the answer on. Repeated starts or stops, and anything after the decision, are ignored.
    """

    __slots__ = ("_began", "_heard", "_now", "_silence_after_s", "_spoken_s", "deadline", "detection")

    def __init__(self, answered_at: float, silence_after_s: float = SILENCE_AFTER_S) -> None:
        self._now = answered_at
        self._silence_after_s = silence_after_s
        self._began: float | None = None
        """Since when the callee has been speaking; None while silent."""
        self._heard = False
        self._spoken_s = 0.0
        """Speech that is over. Breaths between do not count, and do not start it anew."""
        self.deadline: float | None = answered_at + silence_after_s
        self.detection: Detection | None = None

    def speech_started(self, at: float) -> float | None:
        """The callee began to speak."""
        if self._moved_to(at) and self._began is None:
            self._began = self._now
            self._heard = True
            # Sums of floats may exceed the limit by a hair; a deadline in the past would be no deadline.
            self.deadline = self._now + max(0.0, GREETING_S - self._spoken_s)
        return self.deadline

    def speech_stopped(self, at: float) -> float | None:
        """The callee fell silent."""
        if self._moved_to(at) and self._began is not None:
            self._spoken_s += self._now - self._began
            self._began = None
            self.deadline = self._now + PAUSE_S
        return self.deadline

    def timer(self, at: float) -> float | None:
        """Time has passed; nothing new was heard. A call before the deadline changes nothing."""
        if self.deadline is not None and at >= self.deadline:
            self._decide(self.deadline)
        return self.deadline

    def _moved_to(self, at: float) -> bool:
        """Go on to ``at`` for something heard there; False if a deadline before it has decided already."""
        if self.deadline is not None and at > self.deadline:
            self._decide(self.deadline)
        if self.deadline is None:
            return False
        self._now = max(self._now, at)
        return True

    def _decide(self, at: float) -> None:
        self.deadline = None
        if self._began is not None:
            sentence = f"more than {GREETING_S:g} s of speech without a pause"
            self.detection = Detection(Who.MACHINE, Clue.GREETING, at, sentence)
        elif self._heard:
            sentence = f"spoke {self._spoken_s:.1f} s, then waited"
            self.detection = Detection(Who.HUMAN, Clue.SHORT_SPEECH, at, sentence)
        else:
            sentence = f"no speech within {self._silence_after_s:g} s of the answer"
            self.detection = Detection(Who.MACHINE, Clue.SILENT, at, sentence)


def detect(speech: Iterable[tuple[float, float]], silence_after_s: float = SILENCE_AFTER_S) -> Detection:
    """The decision for speech that is known beforehand: (start, stop) in seconds after the answer, in order."""
    detector = MachineDetector(0.0, silence_after_s)
    for start, stop in speech:
        detector.speech_started(start)
        detector.speech_stopped(stop)
    while (deadline := detector.deadline) is not None:
        detector.timer(deadline)
    assert detector.detection is not None
    return detector.detection
