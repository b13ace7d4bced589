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

_MARKS = {"Mn", "Me"}
"""Marks that are drawn over the character before them."""

_MAX_MARKS = 2
"""On one character. Vietnamese and Hebrew need two; "zalgo" text climbs out of its line with more."""

_JOINER = "\u200d"
"""Zero-width joiner: family emoji and several scripts fall apart without it, and it steers nothing."""

_BREAKS = frozenset("\r\n\t\v\f\x85\u2028\u2029")

_PLAIN = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\u02ff]*\Z")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What spreadsheets take for the start of a formula, the full-width forms too (OWASP, CSV injection)."""


def safe_text(value: str, limit: int = MAX_TEXT) -> str:
    """``value`` without anything that could steer a terminal, trimmed, at most ``limit`` characters.

    Controls, escape bytes, bidi and other invisible format characters are removed; line breaks and tabs become
    spaces; a cut is marked with an ellipsis. Markup is *not* escaped: whoever draws must draw text, never markup.
    What is safe already comes back as it is, so cleaning twice does no harm.
    """
    if len(value) <= limit and _PLAIN.match(value):
        return value.strip()
    seen = value[: limit * 4]  # 10 kB of marks or escapes on one cell would cost milliseconds
    text = _without_steering(seen).strip()
    if len(text) <= limit and len(seen) == len(value):
        return text
    return text[: limit - 1].rstrip(_JOINER + " ") + "…"


def _without_steering(value: str) -> str:
    kept: list[str] = []
    marks = _MAX_MARKS  # a mark with nothing under it would be drawn over what stands before the text
    joiner = False
    for char in value:
        category = unicodedata.category(char)
        if char in _BREAKS:
            char = " "
        elif char == _JOINER:
            joiner = bool(kept) and not kept[-1].isspace()
            continue
        elif category in _INVISIBLE:
            continue
        if category in _MARKS:
            marks += 1
            joiner = False
            if marks > _MAX_MARKS:
                continue
        else:
            marks = _MAX_MARKS if char.isspace() else 0
            if joiner and not char.isspace():  # one joiner, and only between two characters that it can join
                kept.append(_JOINER)
            joiner = False
        kept.append(char)
    return "".join(kept)


def safe_cell(value: str) -> str:
    """A CSV field that a spreadsheet will not take for a formula: a leading apostrophe is added where one would start.

    Leading spaces do not hide a formula from every spreadsheet, so they are looked through.
    """
    return "'" + value if value.lstrip(" \u00a0").startswith(_FORMULA) else value
