"""Reading change lists: which numbers were added to a full list and which were taken off, in the order of the file.

The FTC describes a record as several items separated by commas, and their order could not be verified, so the columns
are a setting. A record that does not fit the setting, or an action with an unknown name, refuses the whole file: taken
the wrong way round, a change list would unlist everybody who has just registered.
"""

from __future__ import annotations

import csv
import re
from array import array
from typing import TYPE_CHECKING

from msgspec import Struct

from dialconsole.compliance.registry.refusal import quoted
from dialconsole.compliance.registry.sources import Block, not_usable
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TEN_DIGITS = re.compile(r"[2-9]\d{9}\Z", re.ASCII)
_PUNCTUATION = str.maketrans("", "", "()-. ")


class ChangeMapping(Struct, frozen=True):
    """Where the items of a record are. Columns count from 1."""

    number: tuple[int, ...] = (1, 2)
    """The columns that make up the ten digits: area code and number, or one with both."""
    action: int = 3
    additions: tuple[str, ...] = ("A", "ADD", "ADDED", "ADDITION")
    """Words in the action column, compared without case."""
    deletions: tuple[str, ...] = ("D", "DEL", "DELETE", "DELETED", "DELETION")


def mapping_from(text: str) -> ChangeMapping:
    """A mapping as people type it: ``number=1+2 action=3 add=A delete=D``; what is left out keeps its default.

    Several words for an action are joined with a bar (``add=A|ADD``). Raises ``Problem``.
    """
    fields: dict[str, str] = {}
    for item in text.replace(",", " ").split():
        key, _, value = item.partition("=")
        if key not in ("number", "action", "add", "delete") or not value:
            raise _bad_mapping(item)
        fields[key] = value
    default = ChangeMapping()
    try:
        mapping = ChangeMapping(
            number=tuple(int(column) for column in fields["number"].split("+"))
            if "number" in fields
            else default.number,
            action=int(fields.get("action", default.action)),
            additions=tuple(fields["add"].split("|")) if "add" in fields else default.additions,
            deletions=tuple(fields["delete"].split("|")) if "delete" in fields else default.deletions,
        )
    except ValueError:
        raise _bad_mapping(text) from None
    if min(*mapping.number, mapping.action) < 1 or _words(mapping.additions) & _words(mapping.deletions):
        raise _bad_mapping(text)
    return mapping


class Changes:
    """All records of the change lists of one import, in order: nine bytes each."""

    def __init__(self, mapping: ChangeMapping) -> None:
        self._mapping = mapping
        self._added = dict.fromkeys(_words(mapping.additions), 1) | dict.fromkeys(_words(mapping.deletions), 0)
        self._numbers = array("q")
        self._actions = array("b")

    def read(self, block: Block) -> tuple[int, int]:
        """Take in the records of a block; how many additions and deletions it has. Raises ``Problem``."""
        before = len(self._actions)
        for place, line in enumerate(block.content.decode("utf-8", "replace").splitlines(), block.first_line):
            items = _items(line)
            if any(item.strip() for item in items):
                self._take(items, place, block)
        added = sum(self._actions[before:])
        return added, len(self._actions) - before - added

    def settled(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers to set and numbers to clear: of several records for one number the last one counts."""
        import numpy as np

        numbers = np.frombuffer(self._numbers, np.int64)[::-1]
        unique, last = np.unique(numbers, return_index=True)
        listed = np.frombuffer(self._actions, np.int8)[::-1][last] == 1
        return unique[listed], unique[~listed]

    def __len__(self) -> int:
        return len(self._actions)

    def _take(self, items: list[str], place: int, block: Block) -> None:
        mapping = self._mapping
        if len(items) >= max(*mapping.number, mapping.action):
            number = "".join(items[column - 1] for column in mapping.number).translate(_PUNCTUATION)
            action = self._added.get(items[mapping.action - 1].strip().casefold())
            if action is not None and _TEN_DIGITS.match(number):
                self._numbers.append(int(number))
                self._actions.append(action)
                return
        columns = " and ".join(map(str, mapping.number))
        raise not_usable(
            block.name,
            f"is no change list as described: line {place} is {quoted(','.join(items).encode())}, where the number was "
            f"expected in column {columns} and an action ({', '.join((*mapping.additions, *mapping.deletions))}) in "
            f"column {mapping.action}; describe its columns, as in `--map 'number=1+2 action=3 add=A delete=D'`",
        )


def _items(line: str) -> list[str]:
    """Of one record. Each line by itself: a quotation mark that is never closed would swallow the records behind it."""
    try:
        return next(csv.reader([line]))
    except csv.Error:  # an item longer than any
        return [line]


def _words(words: tuple[str, ...]) -> set[str]:
    return {word.strip().casefold() for word in words}


def _bad_mapping(text: str) -> Problem:
    return Problem(
        f"{safe_text(text, 60)!r} does not describe a change list. Columns count from 1: "
        "`number=1+2 action=3 add=A delete=D`.",
        code="registry_mapping",
    )
