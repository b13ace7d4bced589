"""The zones of the calling clock by their names on it, also in sentences: the gate writes ``America/Denver``, which a
person has to look for among seven lines that say ``Mountain``. Zones that the clock does not show keep their names."""

from __future__ import annotations

import re

NAMES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}
"""Not the engine's labels: a sentence is drawn without asking the store. A test keeps the two alike."""

_ZONE = re.compile(rf"(?<![\w/])({'|'.join(map(re.escape, NAMES))})(?![\w/])")


def named_zones(sentence: str) -> str:
    """A sentence of the gate with the zones named as on the screen."""
    return _ZONE.sub(lambda found: NAMES[found[0]], sentence)
