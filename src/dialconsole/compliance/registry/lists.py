"""Which registries there can be, and how people call them.

A list is known by a short name that is also the stem of its files: ``national`` (the FTC's, for the United States),
``canada`` (the National DNCL) and one for each state that keeps its own (``us-fl``). The set is closed: a list under a
free name would bind nobody, and nobody would notice.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

NATIONAL = "national"
CANADA = "canada"

_STATE = re.compile(r"(?:us[-_ ]?)?([a-z]{2})\Z")
_STATE_CODES = """
al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri
sc sd tn tx ut vt va wa wv wi wy pr
"""
_STATES = frozenset(_STATE_CODES.split())
"""The states, the District of Columbia and Puerto Rico."""

STATES_WITH_LISTS = tuple(f"us-{state}" for state in ["co", "fl", "in", "la", "ma", "mo", "ok", "pa", "tn", "tx", "wy"])
"""States that keep a list of their own besides the FTC's; two lists of law firms, read 2026-11-22. Unchecked."""


def not_imported(jurisdictions: Collection[str], imported: Collection[str]) -> tuple[str, ...]:
    """Lists of states in which somebody may be (ISO 3166-2), of those that keep one, which are not among these."""
    return tuple(name for name in STATES_WITH_LISTS if jurisdiction(name) in jurisdictions and name not in imported)


def list_named(text: str) -> str:
    """The list a person means: ``national``, ``canada``, ``us-fl``, also written ``FL`` or ``US-FL``.

    Raises ``Problem`` for any other name.
    """
    name = text.strip().casefold()
    if name in (NATIONAL, CANADA):
        return name
    state = _STATE.match(name)
    if state and state[1] in _STATES and name != "ca":  # California, or Canada?
        return f"us-{state[1]}"
    raise Problem(
        f"There is no registry called {safe_text(text, 40)!r}. It is 'national', 'canada', or a state's: 'us-fl'.",
        code="registry_unknown_list",
    )


def is_list(name: str) -> bool:
    """Whether ``name`` is exactly a list's short name."""
    return name in (NATIONAL, CANADA) or (name.startswith("us-") and name[3:] in _STATES)


def title(name: str) -> str:
    """The list in a sentence, behind "the"."""
    if name == NATIONAL:
        return "national do-not-call registry"
    if name == CANADA:
        return "National Do Not Call List of Canada"
    return f"do-not-call list of {jurisdiction(name)}"


def import_command(name: str) -> str:
    """How a version of the list is imported, with the day on which it was given out: without one it is today's."""
    which = "" if name == NATIONAL else f" --list {name}"
    kind = " --kind state" if name.startswith("us-") else ""
    return f"dialconsole registry import FILE...{which}{kind} --date YYYY-MM-DD"


def jurisdiction(name: str) -> str:
    """Whose numbers the list is about, as ISO 3166: ``US``, ``CA``, ``US-FL``."""
    return {NATIONAL: "US", CANADA: "CA"}.get(name, name.upper())
