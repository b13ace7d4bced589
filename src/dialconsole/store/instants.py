"""Units at the border of the ledger: microseconds for instants, integers for numbers."""

from __future__ import annotations

from typing import overload

_MICROSECONDS = 1_000_000


@overload
def micros(instant: float) -> int: ...
@overload
def micros(instant: None) -> None: ...
@overload
def micros(instant: float | None) -> int | None: ...
def micros(instant: float | None) -> int | None:
    """POSIX seconds as whole microseconds."""
    return None if instant is None else round(instant * _MICROSECONDS)


@overload
def posix(stored: int) -> float: ...
@overload
def posix(stored: None) -> None: ...
@overload
def posix(stored: int | None) -> float | None: ...
def posix(stored: int | None) -> float | None:
    """Whole microseconds as POSIX seconds."""
    return None if stored is None else stored / _MICROSECONDS


def digits(number: str) -> int:
    """An E.164 number with its plus as an integer. Raises ``ValueError`` for anything else."""
    if not (number.startswith("+") and number[1:].isascii() and number[1:].isdigit()):
        raise ValueError(f"{number!r} is no E.164 number")
    return int(number[1:])


def e164(stored: int) -> str:
    """The number with its plus."""
    return f"+{stored}"
