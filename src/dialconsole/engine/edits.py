"""Changing one setting of a campaign or trunk by its name, as a person types it.

``retry.busy_s=600``, ``window.days=mon-fri``, ``caller_ids=+1...,+1...``. The same structs that read ``workspace.json``
validate the result, so a setting cannot become something the engine would refuse to load.
"""

from __future__ import annotations

import difflib
from typing import Any, TypeVar

import msgspec

from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.errors import Problem

Doc = TypeVar("Doc", Campaign, Trunk)

_FIXED = {
    "name", "state", "version", "created_at", "changed_by", "changed_at", "reason", "released",
    "registry_exempt_by", "registry_exempt_at",
}  # fmt: skip
"""Not settings: names are keys, states and releases change by their own commands, the rest is written by the engine."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def edited(doc: Doc, fields: dict[str, str]) -> tuple[Doc, str, str]:
    """``doc`` with ``fields`` replaced and its version raised; beside it the old and the new values in words.

    Raises ``Problem`` for unknown names (with the nearest known one) and for values that do not fit.
    """
    tree: dict[str, Any] = msgspec.to_builtins(doc)
    known = settings(doc)
    old: list[str] = []
    for key, text in fields.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}."
            raise Problem(f"There is no setting {key!r}{hint}", code="unknown_setting")
        *path, leaf = key.split(".")
        branch = tree
        for part in path:
            branch = branch[part]
        old.append(f"{key}={_words(branch[leaf])}")
        branch[leaf] = _value(key, text, branch[leaf], empty=_empty(doc, path, leaf))
    tree["version"] = doc.version + 1
    try:
        new = msgspec.convert(tree, type(doc), strict=False)
    except msgspec.ValidationError as error:
        raise Problem(f"That value does not fit: {error}. Nothing was changed.", code="bad_value") from None
    return new, ", ".join(old), ", ".join(f"{key}={text}" for key, text in fields.items())


def settings(doc: Campaign | Trunk) -> list[str]:
    """Every setting a person may change, by its dotted name."""
    names: list[str] = []
    for key, value in msgspec.to_builtins(doc).items():
        if key in _FIXED:
            continue
        names += [f"{key}.{leaf}" for leaf in value] if isinstance(value, dict) else [key]
    return names


_SWITCH = {"on": True, "yes": True, "off": False, "no": False, "none": False}
"""What people write for a switch, besides what the struct reads itself: true, false, 1, 0."""


def _empty(doc: Campaign | Trunk, path: list[str], leaf: str) -> str | None:
    """What a setting is that says nothing: a text where that is its default, else null."""
    owner: Any = doc
    for part in path:
        owner = getattr(owner, part)
    default = next(field.default for field in msgspec.structs.fields(owner) if field.name == leaf)
    return "" if default == "" else None


def _value(key: str, text: str, old: object, *, empty: str | None) -> object:
    text = text.strip()
    nothing = text.lower() in {"none", "off", ""}
    if isinstance(old, bool):
        return _SWITCH.get(text.lower(), text)
    if isinstance(old, (list, tuple)) and not key.endswith("days"):
        return [] if nothing else [part.strip() for part in text.split(",") if part.strip()]
    if nothing:
        return empty
    if key.endswith("days"):
        return _days(text)
    if key in {"window.opens", "window.closes"} and text.count(":") == 1:
        hours, minutes = text.split(":")
        return f"{hours:0>2}:{minutes}:00"  # people write 9:00
    return text


def _days(text: str) -> list[int]:
    days: set[int] = set()
    for part in text.lower().split(","):
        first, _, last = part.strip().partition("-")
        start = _day(first)
        end = _day(last) if last else start
        days.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return sorted(days)


def _day(text: str) -> int:
    for number, name in enumerate(_DAYS):
        if text.strip().startswith(name) or text.strip() == str(number):
            return number
    raise Problem(f"{text!r} is no day of the week; write mon, tue, ... or mon-fri.", code="bad_value")


def _words(value: object) -> str:
    if value is None:
        return "none"
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
