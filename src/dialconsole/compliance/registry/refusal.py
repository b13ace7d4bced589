"""What is said of a file that is no registry. Most of the time it is a call list, taken from the folder beside."""

from __future__ import annotations

import re

from dialconsole.compliance.registry.sources import not_usable
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

_PERSON = re.compile(
    r"\b(name|surname|customer|client|patient|e-?mail|address|street|city|company|time ?zone|latitude|longitude|"
    r"consent|appointment|language|purchase|inquiry|notes?)\b"
)
"""Words in the header row of a call list that no registry has: a registry knows numbers, not people."""


def not_a_full_list(name: str, place: int, line: bytes) -> Problem:
    """A line of a full list that is no number."""
    if place == 1 and names_people(line):
        return a_call_list(name, line)
    return not_usable(
        name,
        f"is no full list of the registry: line {place} is {quoted(line)}, where every line must be an area code, a "
        "comma and seven digits, or ten digits",
    )


def a_call_list(name: str, header: bytes) -> Problem:
    """A call list, known by its header row."""
    return not_usable(
        name,
        f"looks like a call list, not like a registry: it begins with {quoted(header)}. "
        "Call lists are imported with `dialconsole list import`",
    )


def names_people(line: bytes) -> bool:
    """Whether a line reads like the header row of a list of people."""
    words = line.decode("utf-8", "replace").casefold().replace("_", " ")
    return _PERSON.search(words) is not None


def quoted(line: bytes) -> str:
    """Some of a line, safe to show."""
    return f'"{safe_text(line.decode("utf-8", "replace"), 60)}"'
