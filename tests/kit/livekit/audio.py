"""What callees say: raw PCMU (G.711 mu-law, 8 kHz, a byte a sample) as SIPp plays it. A tone stands for speech."""

from __future__ import annotations

import math
from pathlib import Path
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


BREATH_S: Final = 0.8
"""Between answering and speaking; an agent on a busy machine needs it to be there from the first word."""


def write_voice(path: Path, *, speech_s: float, silence_s: float) -> Path:
    """Speech, then silence: SIPp must go on sending, or livekit-sip ends the call after 15 s without media."""
    path.write_bytes(silence(BREATH_S) + tone(speech_s) + silence(silence_s))
    return path


def _mu_law(sample: float) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(int(abs(sample)), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
