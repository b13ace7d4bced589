"""Changing one setting of a campaign or trunk by its name, as a person types it.

``retry.busy_s=15m``, ``window.days=mon-fri``, ``caller_ids=+1...,+1...``. The same structs that read ``workspace.json``
validate the result, so a setting cannot become something the engine would refuse to load.
"""

from __future__ import annotations

import difflib
import re
from datetime import time
from typing import Any, TypeVar, cast

import msgspec

from dialconsole.compliance.hours import LEGAL, legal_hours
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.shape import fitted, misfit, shape

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
        owner = _owner(doc, path)
        value = _value(key, text, branch[leaf], empty=_empty(owner, leaf))
        if leaf.endswith("_s") and isinstance(value, str):
            value = _seconds(key, value, shape(type(owner), leaf))
        fitted(type(owner), leaf, value, key=key, typed=text)
        branch[leaf] = value
    tree["version"] = doc.version + 1
    new = msgspec.convert(tree, type(doc), strict=False)
    if isinstance(new, Campaign):
        _look_over(new, fields)
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


def _owner(doc: Campaign | Trunk, path: list[str]) -> msgspec.Struct:
    """The part of the document that has the setting."""
    owner: Any = doc
    for part in path:
        owner = getattr(owner, part)
    return cast(msgspec.Struct, owner)


def _empty(owner: msgspec.Struct, leaf: str) -> str | None:
    """What a setting is that says nothing: a text where that is its default, else null."""
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
    if key in {"window.opens", "window.closes"} and text.count(":") < 2:
        hours, _, minutes = text.partition(":")
        return f"{hours:0>2}:{minutes or '00'}:00"  # people write 9:00, and 9
    if key == "default_region":
        return _region(text)
    return text


_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|m|h|d)")


def _seconds(key: str, text: str, may_be: str) -> object:
    """``90``, ``90s``, ``15m``, ``2h``, ``1h 30m``. Raises ``Problem`` for what is no length of time."""
    written = text.lower()
    if re.fullmatch(r"\d+(\.\d+)?", written):
        return text
    parts = _LENGTH.findall(written)
    if not parts or _LENGTH.sub("", written).strip():
        raise misfit(key, may_be, text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


_OTHER_NAMES = {"UK": "GB", "EN": "GB", "ENG": "GB", "GER": "DE", "SP": "ES", "SW": "SE", "AUT": "AT"}
"""What people write for a country whose two letters look otherwise."""


def _region(text: str) -> str:
    """The two letters of a country. Raises ``Problem`` with the nearest where there is no such country."""
    import phonenumbers

    region = text.upper()
    if region in phonenumbers.SUPPORTED_REGIONS:
        return region
    near = difflib.get_close_matches(region, sorted(phonenumbers.SUPPORTED_REGIONS), n=1, cutoff=0.4)
    meant = _OTHER_NAMES.get(region) or (near[0] if near else "US")
    raise Problem(
        f"default_region: there is no {text!r}, it takes a country by its two letters. Did you mean {meant}? Nothing "
        "was changed.",
        code="bad_value",
    )


def _look_over(new: Campaign, fields: dict[str, str]) -> None:
    """Raises ``Problem`` for hours in which no call could ever ring: such a campaign would wait without end."""
    if not any(key.startswith("window.") or key == "ring_timeout_s" for key in fields):
        return
    opens, closes = legal_hours(new.window)
    open_s = (closes.hour - opens.hour) * 3600 + (closes.minute - opens.minute) * 60 + closes.second - opens.second
    if open_s > new.ring_timeout_s:
        return
    window = f"from {_hour(new.window.opens)} to {_hour(new.window.closes)}"
    if new.window.opens >= new.window.closes:
        why = "it closes before it opens"
    elif open_s <= 0:
        why = f"calls are lawful from {_hour(LEGAL.opens)} to {_hour(LEGAL.closes)} only"
    else:
        why = f"a call rings up to {new.ring_timeout_s:g} s and must be over before it closes"
    raise Problem(
        f"A window {window} never opens: {why}. Set both ends at once: window.opens=9:00 window.closes=20:00. Nothing "
        "was changed.",
        code="bad_value",
    )


def _hour(at: time) -> str:
    return f"{at.hour}:{at:%M}"


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
