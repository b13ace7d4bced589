"""The one place where text from outside becomes safe to show.

Lists, agents and carriers are hostile by default: a contact may be called ``[/bold]``, carry ``ESC ] 52`` (which
writes to the operator's clipboard) or a right-to-left override that makes one number read like another. Terminals
and Textual obey such text wherever it reaches them, so it is cleaned where it enters, not where it is drawn.
"""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT = 200
"""Characters kept of one field. Nobody reads more in a cell, and 10 kB names cost memory a million times."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that draw nothing or steer the terminal: controls, format and bidi marks, unassigned."""

_KEEP = {"\u200d"}
"""Zero-width joiner: family emoji and several scripts fall apart without it, and it steers nothing."""

_PLAIN = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\u02ff]*\Z")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_text(value: str, limit: int = MAX_TEXT) -> str:
    """``value`` without anything that could steer a terminal, trimmed, at most ``limit`` characters.

    Controls, escape bytes, bidi and other invisible format characters are removed; line breaks and tabs become
    spaces; a cut is marked with an ellipsis. Markup is *not* escaped: whoever draws must draw text, never markup.
    """
    if len(value) <= limit and _PLAIN.match(value):
        return value.strip()
    value = value[: limit * 4]  # normalising 10 kB of combining marks is quadratic in some terminals
    kept: list[str] = []
    marks = 0
    for char in value:
        category = unicodedata.category(char)
        if char in "\r\n\t\v\f\u2028\u2029":
            kept.append(" ")
        elif category in _INVISIBLE and char not in _KEEP:
            continue
        elif category in {"Mn", "Me"}:
            marks += 1
            if marks <= 2:  # "zalgo" text climbs out of its line otherwise
                kept.append(char)
            continue
        else:
            kept.append(char)
        marks = 0
    text = " ".join("".join(kept).split(" ")).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def safe_cell(value: str) -> str:
    """A CSV field that a spreadsheet will not take for a formula (OWASP, CSV injection): a leading quote is added."""
    return "'" + value if value.startswith(_FORMULA) else value
