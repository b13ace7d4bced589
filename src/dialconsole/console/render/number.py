"""Phone numbers as people read them. Inside they are E.164; here they get their spaces back.

phonenumbers would know each country's own grouping, but its metadata costs start-up time, and the engine has done the
validating. So: North America as it is written there, everything else in groups one can read aloud.
"""

from __future__ import annotations

import re

GLUE = "\u00a0"
_E164 = re.compile(r"\+[1-9][0-9]{4,14}")

_TWO_DIGITS = frozenset(
    (20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67), 81, 82, 84, 86)
) | frozenset((*range(90, 96), 98))
"""Country codes of two digits (ITU-T E.164, list of assigned codes); 1 and 7 have one, all others three."""


def phone(number: str) -> str:
    """``+12125550143`` as ``+1 212-555-0143``, ``+442079460018`` as ``+44 207 946 0018``; anything else as it is."""
    if not _E164.fullmatch(number):
        return number
    if number.startswith("+1") and len(number) == 12:
        return f"+1 {number[2:5]}-{number[5:8]}-{number[8:]}"
    digits = number[1:]
    length = 1 if digits[0] in "17" else 2 if int(digits[:2]) in _TWO_DIGITS else 3
    return " ".join((f"+{digits[:length]}", *_groups(digits[length:])))


def phones_in(sentence: str) -> str:
    """A sentence of the engine with its telephone numbers written as people read them, held together by blanks that
    ``wrap`` does not break at."""
    return _E164.sub(lambda found: phone(found[0]).replace(" ", GLUE), sentence)


def _groups(digits: str) -> list[str]:
    """Threes, and a four at the end rather than a lone digit."""
    end = len(digits) - 4 if len(digits) % 3 == 1 and len(digits) > 3 else len(digits)
    groups = [digits[i : i + 3] for i in range(0, end, 3)]
    return groups if end == len(digits) else [*groups, digits[end:]]
