"""Numbers as people type them, to E.164. ``phonenumbers`` is imported when the first number is, not before."""

from __future__ import annotations

from collections.abc import Iterable

from dialconsole.model.errors import Problem


def e164(text: str, region: str = "US") -> str:
    """The number in E.164; raises ``Problem`` with what is wrong with it."""
    from dialconsole.lists.numbers import Number, NumberReader

    read = NumberReader(region).read(text)
    if isinstance(read, Number):
        return read.e164
    raise Problem(read.reason, code=read.fault.value)


def numbers_in(cells: Iterable[str], region: str = "US") -> list[str]:
    """The cells that are numbers, in E.164."""
    from dialconsole.lists.numbers import Number, NumberReader

    reader = NumberReader(region)
    read = (reader.read(cell) for cell in cells)
    return [number.e164 for number in read if isinstance(number, Number)]
