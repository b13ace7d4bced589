"""What may be the reason for which no registry binds a campaign.

``registry_exempt=no`` reads as if it switched something off, and switched every registry off. So words of a switch are
no reason, wherever they come from, and people are asked for some words more than one.
"""

from __future__ import annotations

from functools import lru_cache

_SWITCHES = frozenset(["yes", "y", "no", "n", "true", "false", "on", "off", "none", "null", "0", "1", "ok"])

_FEWEST_LETTERS = 7


@lru_cache(maxsize=256)
def exempts(reason: str) -> bool:
    """Whether a campaign with this in its ``registry_exempt`` is exempt: not for a word of a switch."""
    return bool(reason.strip()) and reason.strip().casefold() not in _SWITCHES


def says_why(reason: str) -> bool:
    """Whether a reason, as somebody gives it, says enough for a record that is read years later."""
    letters = sum(char.isalpha() for char in reason)
    return exempts(reason) and len(reason.split()) > 1 and letters >= _FEWEST_LETTERS
