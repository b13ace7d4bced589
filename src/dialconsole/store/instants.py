"""Units at the border of the ledger: microseconds for instants, integers for numbers."""

from __future__ import annotations

from typing import overload

MICROSECONDS = 1_000_000


@overload
def micros(instant: float) -> int: ...
@overload
def micros(instant: None) -> None: ...
@overload
def micros(instant: float | None) -> int | None: ...
def micros(instant: float | None) -> int | None:
    """POSIX seconds as whole microseconds."""
    return None if instant is None else round(instant * MICROSECONDS)


@overload
def posix(stored: int) -> float: ...
@overload
def posix(stored: None) -> None: ...
@overload
def posix(stored: int | None) -> float | None: ...
def posix(stored: int | None) -> float | None:
    """Whole microseconds as POSIX seconds."""
    return None if stored is None else stored / MICROSECONDS


def digits(number: str) -> int:
    """An E.164 number with its plus as an integer. Raises ``ValueError`` for anything else."""
    after_plus = number[1:]
    if number[:1] != "+" or not (after_plus.isascii() and after_plus.isdigit()):
        raise ValueError(f"{number!r} is no E.164 number")
    return int(after_plus)


def e164(stored: int | str) -> str:
    """The number, or a pattern, with its plus."""
    return f"+{stored}"


def listed_digits(number: str) -> int | str:
    """The number of a do-not-call entry: an integer, or for a pattern (``+1201555*``) its text without the plus.

    The star keeps the text from becoming a number in an INTEGER column (SQLite, "type affinity").
    """
    if number.endswith("*"):
        digits(number[:-1])
        return number[1:]
    return digits(number)
