"""Reading the lists of states (and of Canada): text of any layout that has numbers in it.

States publish CSV, tab-separated and fixed-width files, with the area code in a column of its own or not. So no columns
are looked for: whatever on a line reads as a North American number is taken. A serial number that happens to look like
one is taken too; that number will not be called, which harms nobody, while a column guessed wrong would.
"""

from __future__ import annotations

import re
from array import array

from dialconsole.compliance.registry.refusal import a_call_list, names_people
from dialconsole.compliance.registry.sources import Block, not_usable

_NUMBER = re.compile(
    rb'(?<!\d)(?:\+?1[-. ]?)?\(?([2-9]\d\d)\)?[-. ,;|/\t"]{0,3}([2-9]\d\d)[-. ,;|/\t"]{0,3}(\d{4})(?!\d)', re.ASCII
)
_MOST_WITHOUT = 0.1
"""Part of the lines that may hold no number: titles, footers, an empty cell. With more it is another kind of file."""


class StateReader:
    """Collects the numbers of one source, and judges at the end whether it was a list of numbers at all."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.rows = 0
        """Numbers found."""
        self.without = 0
        """Lines that hold no number, and were passed over."""
        self.first_without = self.last_without = 0
        self._lines = 0

    def parse(self, block: Block) -> array[int]:
        """Ten-digit numbers of a block. Raises ``Problem`` if it begins with the header of a call list."""
        found = array("q")
        for place, line in enumerate(block.content.split(b"\n"), block.first_line):
            if not line.strip():
                continue
            numbers = _NUMBER.findall(line)
            self._lines += 1
            for parts in numbers:
                found.append(int(b"".join(parts)))
            if not numbers:
                self._no_number(place, line)
        self.rows += len(found)
        return found

    def finish(self) -> None:
        """Raises ``Problem`` if too few lines had a number."""
        if self.without > max(1, self._lines * _MOST_WITHOUT):
            raise not_usable(
                self._name,
                f"is no list of numbers: {self.without:,} of its {self._lines:,} lines have no ten-digit number, "
                f"line {self.first_without} first",
            )
        if not self.rows:
            raise not_usable(self._name, "has no ten-digit number in it")

    def _no_number(self, place: int, line: bytes) -> None:
        if self._lines == 1 and names_people(line):
            raise a_call_list(self._name, line)
        self.first_without, self.last_without = self.first_without or place, place
        self.without += 1
