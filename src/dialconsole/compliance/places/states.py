"""States and provinces: reading what people write in a state column, and all zones of a state.

Abbreviations are read as the number's own country writes them: WA is Washington beside a +1 number and Western
Australia beside a +61 number. Names are read beside any number. A typo is never guessed, only suggested: Kansas and
Arkansas have different clocks.
"""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache

from msgspec import Struct

from dialconsole.compliance.places.table import Zones, lines_of

TABLE = "states.txt"

MILITARY = frozenset({"US-AA", "US-AE", "US-AP"})
"""Post for the armed forces (APO, FPO, DPO), delivered all over the world."""

_SHORTEST_TYPO = 4
"""Letters. Any two letters resemble some state."""


class State(Struct, frozen=True):
    code: str
    """ISO 3166-2, ``US-FL``; of a state that is a country of its own ISO 3166-1, ``PW``."""
    name: str
    zones: Zones


@lru_cache(maxsize=4096)
def state_of(text: str, *, country_code: int = 1) -> str | None:
    """The code of the state that ``text`` names, in any case, with or without dots and accents; ``None`` if none.

    ``country_code`` is the telephone's, and tells whose abbreviations are read.
    """
    folded = fold(text)
    return _names().get(folded) or _abbreviations().get((country_code, folded))


@lru_cache(maxsize=1024)
def nearest_state(text: str) -> str | None:
    """The name of the state that a mistyped ``text`` probably means, for a suggestion; ``None`` if unclear."""
    folded = fold(text[:64])
    close = get_close_matches(folded, _names(), n=1, cutoff=0.75) if len(folded) >= _SHORTEST_TYPO else []
    return states()[_names()[close[0]]].name if close else None


def zones_of_state(code: str) -> Zones:
    """Every zone that people in a state live by, sorted; empty for an unknown code, and for military post."""
    state = states().get(code)
    return () if state is None else state.zones


def name_of(code: str) -> str:
    """The name of a state for a sentence, or the code itself."""
    state = states().get(code)
    return code if state is None else state.name


@cache
def states() -> dict[str, State]:
    """All states by code."""
    return {code: State(code, names[0], zones) for code, names, _, zones in _rows()}


@cache
def _names() -> dict[str, str]:
    return {fold(name): code for code, names, _, _ in _rows() for name in (*names, code)}


@cache
def _abbreviations() -> dict[tuple[int, str], str]:
    return {
        (61 if code.startswith("AU-") else 1, fold(short)): code
        for code, _, abbreviations, _ in _rows()
        for short in abbreviations
    }


def _rows() -> list[tuple[str, list[str], list[str], Zones]]:
    rows = []
    for line in lines_of(TABLE):
        code, names, abbreviations, zones = (part.strip() for part in line.split("|"))
        rows.append((code, names.split(", "), abbreviations.split(", "), tuple(zones.split(", ")) if zones else ()))
    return rows


def fold(text: str) -> str:
    """A name without case, accents, spaces and punctuation, by which it is looked up."""
    decomposed = unicodedata.normalize("NFKD", text[:64].casefold())
    return "".join(char for char in decomposed if char.isalnum())
