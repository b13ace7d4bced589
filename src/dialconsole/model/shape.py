"""What a setting may be, in the words of whoever types it: ``seconds, 3 to 4``, ``a time like 9:00``.

Made from the types themselves, so that no range is written twice. Rejected: the decoder's own message; it speaks of
RFC 3339 and of ``$.window.opens`` to a person who typed ``9``.
"""

from __future__ import annotations

import types
from datetime import time
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from dialconsole.model.errors import Problem

_DAY_S = 86_400.0

_NAME = "small letters, digits and - _ . with a letter or digit first, at most 40"
_WORDS = {
    "name": _NAME,
    "trunk": f"a trunk's name: {_NAME}",
    "window.days": "days like mon-fri or sat,sun",
    "days": "days like mon-fri or sat,sun",
    "url": "an address like wss://host or http://host:7880, without a user or password",
    "default_region": "a country by its two letters, like US or DE",
}
"""Of settings whose types say too little."""


def fitted(owner: type[Struct], field: str, value: object, *, key: str = "", typed: object = None) -> Any:
    """``value`` as ``field`` of ``owner`` takes it. ``key``: how people call the setting; ``typed``: what they wrote.

    Raises ``Problem`` with what it may be.
    """
    try:
        return msgspec.convert(value, _hints(owner)[field], strict=False)
    except msgspec.ValidationError:
        raise misfit(key or field, shape(owner, field), value if typed is None else typed) from None


def misfit(key: str, may_be: str, typed: object) -> Problem:
    """The sentence about a value that does not fit."""
    what = "this" if key.rpartition(".")[2] == "url" else repr(str(typed))  # there may be a password in it
    return Problem(f"{key}: {what} does not fit, it takes {may_be}. Nothing was changed.", code="bad_value")


def shape(owner: type[Struct], field: str) -> str:
    """What ``field`` of ``owner`` may be."""
    if field in _WORDS:
        return _WORDS[field]
    kind, metas, optional = _taken_apart(_hints(owner)[field])
    words = _shape_of(kind, metas, seconds=field.endswith("_s"))
    return f"{words}, or none" if optional else words


@cache
def _hints(owner: type[Struct]) -> dict[str, Any]:
    return get_type_hints(owner, include_extras=True)


def _taken_apart(hint: Any) -> tuple[Any, list[Meta], bool]:
    """The type within, what is said of it, and whether ``None`` will do."""
    metas: list[Meta] = []
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *said = get_args(hint)
            metas += [meta for meta in said if isinstance(meta, Meta)]
        elif get_origin(hint) in (types.UnionType, Union):
            optional = True
            hint = next(part for part in get_args(hint) if part is not types.NoneType)
        else:
            return hint, metas, optional


def _shape_of(kind: Any, metas: list[Meta], *, seconds: bool) -> str:
    if get_origin(kind) is tuple:
        return "values with commas between them"
    if kind is bool:
        return "yes or no"
    if kind is time:
        return "a time like 9:00"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of: {', '.join(str(member.value) for member in kind)}"
    if kind in (int, float):
        noun = "seconds" if seconds else "a whole number" if kind is int else "a number"
        between = _range(metas)
        most = next((meta.le for meta in metas if meta.le is not None), None)
        if not seconds or (between and most is not None and most <= _DAY_S):
            return noun + between
        at_most = "" if most is None else f", {most / _DAY_S:g} days at most"
        return f"seconds, or a time like 90s, 15m or 2h{at_most}"
    return "words"


def _range(metas: list[Meta]) -> str:
    low, above, high = (
        next((f"{value:,.10g}" for meta in metas if (value := getattr(meta, bound)) is not None), None)
        for bound in ("ge", "gt", "le")
    )
    if low is not None and high is not None:
        return f", {low} to {high}"
    if above is not None and high is not None:
        return f" above {above}, {high} at most"
    return ""
