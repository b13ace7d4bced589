"""What a form asks for. Apart from the form itself, so that a console starts without the widgets of its dialogs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

Submit = Callable[[dict[str, str]], Awaitable[str]]
"""Does what the form is for with its values; answers what was wrong as a sentence, or nothing."""


class Field(Struct, frozen=True):
    """One line of a form. With ``choices`` (value, words) one of them is picked instead of typed."""

    key: str
    label: str
    value: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = False
