"""What every exchange of +1 (area code and the three digits behind it) is: a person's line, toll-free, nobody's.

``phonenumbers`` decides what a number is, in 20 µs of regular expressions; a list asks for hundreds of thousands of
exchanges. Within one it gives the same answer for all numbers but in three, so its answers are kept in a table that
``tools/make_exchanges.py`` writes. It stands outside of the rooms because two that do not know each other read it:
``lists`` for valid numbers, ``compliance`` for lines that may be called. Rejected: a memo of answers asked for so far
(a list of a million names most exchanges there are, so it saved a quarter).
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from importlib.resources import files

TABLE = "exchanges.txt"


class ExchangeKind(IntEnum):
    """What the numbers of an exchange are; from ``LINE`` on they are valid."""

    UNASSIGNED = 0
    ASK = 1
    """One number is valid and the next is not: ``phonenumbers`` must be asked."""
    LINE = 2
    """Fixed or mobile: somebody may be called there."""
    TOLL_FREE = 3
    PREMIUM = 4
    SHARED_COST = 5
    PERSONAL = 6
    NON_GEOGRAPHIC = 7
    SERVICE = 8


@cache
def exchange_kinds() -> bytes:
    """The kind of each exchange, indexed by its six digits. The first call reads the table (some 2 ms)."""
    kinds = bytearray(1_000_000)
    for line in files(__package__).joinpath("data", TABLE).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, exchanges, codes = line.split()
            kind = bytes([ExchangeKind[name.upper()]])
            for code in _numbers(codes):
                for first, last in _ranges(exchanges):
                    kinds[code * 1000 + first : code * 1000 + last + 1] = kind * (last + 1 - first)
    return bytes(kinds)


def _numbers(cell: str) -> list[int]:
    return [number for first, last in _ranges(cell) for number in range(first, last + 1)]


def _ranges(cell: str) -> list[tuple[int, int]]:
    """``201-203,212`` as pairs, both ends in it."""
    pairs = (part.partition("-") for part in cell.split(","))
    return [(int(first), int(last or first)) for first, _, last in pairs]
