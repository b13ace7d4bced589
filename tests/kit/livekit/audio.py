"""What callees say: raw PCMU (G.711 mu-law, 8 kHz, a byte a sample) as SIPp plays it. A tone stands for speech."""

from __future__ import annotations

import math
from enum import Enum
from typing import Final

RATE: Final = 8000
SILENCE: Final = b"\xff"
"""The sample 0 in mu-law."""

_BIAS: Final = 0x84
_CLIP: Final = 32_635


def tone(seconds: float, hertz: float = 440.0, level: float = 0.3) -> bytes:
    """A sine at ``level`` of full scale."""
    samples = round(seconds * RATE)
    return bytes(_mu_law(level * 32_767 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(samples))


def silence(seconds: float) -> bytes:
    return SILENCE * round(seconds * RATE)


class Voice(Enum):
    PERSON = "person"
    """A word, and again: whoever comes late to listen hears it next time."""
    MACHINE = "machine"
    """A greeting that does not stop."""
    NOBODY = "nobody"


BREATH_S: Final = 0.8
"""Between answering and speaking."""
WORD_S, PAUSE_S = 1.2, 1.3
GREETING_S: Final = 20.0


def spoken(voice: Voice, seconds: float) -> bytes:
    """What a callee sends for so long. Silence too: without media livekit-sip ends a call after 15 s."""
    if voice is Voice.PERSON:
        said = (tone(WORD_S) + silence(PAUSE_S)) * math.ceil(seconds / (WORD_S + PAUSE_S))
    else:
        said = tone(GREETING_S if voice is Voice.MACHINE else 0.0)
    return (silence(BREATH_S) + said).ljust(round(seconds * RATE), SILENCE)


def _mu_law(sample: float) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(int(abs(sample)), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
