"""Reading ``workspace.json`` with the suspicion that somebody edited it by hand.

Everything is decoded into the structs of ``model.campaign`` before anything runs, and the first thing that does not fit
is named: file, table, entry, key, and the nearest key there is. A guess or a default in place of a mistyped limit would
dial with the wrong limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import Campaign, Operator, Trunk, WorkspaceInfo
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

D = TypeVar("D", Campaign, Trunk, Operator, WorkspaceInfo, CalendarDay)

SCHEMA = 1
"""Version of ``workspace.json`` that this dialconsole writes."""

INFO, CAMPAIGNS, TRUNKS, OPERATORS, CALENDAR = "workspace", "campaigns", "trunks", "operators", "calendar"
TABLES: Mapping[str, type[Campaign] | type[Trunk] | type[Operator] | type[WorkspaceInfo] | type[CalendarDay]] = {
    INFO: WorkspaceInfo,
    CAMPAIGNS: Campaign,
    TRUNKS: Trunk,
    OPERATORS: Operator,
    CALENDAR: CalendarDay,
}

_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(?P<key>[^`]*)`(?: - at `\$\.?(?P<place>[^`]*)`)?")
_AT = re.compile(r"(?P<what>.*?) - at `\$\.?(?P<place>[^`]*)`")
_WAY_BACK = "Nothing was changed. Mend that place in an editor, or put a copy of the file back."


def read_tables(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of the file, each a mapping of TinyDB's document ids, checked as far as that. Blocking.

    Raises ``Problem`` for a file that is missing, unreadable, no JSON, of other shape, or of a newer version.
    """
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Problem(f"There is no workspace at {path.parent}: it has no {path.name}.", code="no_workspace") from None
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.", code="storage") from None
    except UnicodeDecodeError as error:
        raise _problem(path, f"it is no UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _problem(path, f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise _problem(path, "it must hold tables of numbered entries")
    _check_version(path, tables)
    for name in tables:
        if name not in TABLES:
            raise _problem(path, f"there is no table {_shown(name)}{_nearest(name, TABLES)}")
    return tables


def decode_table(path: Path, tables: Mapping[str, dict[str, Any]], name: str, kind: type[D]) -> dict[int, D]:
    """The entries of one table by document id. Raises ``Problem`` for the first that does not fit."""
    entries: dict[int, D] = {}
    for number, fields in tables.get(name, {}).items():
        place = f"table {name!r}, entry {_shown(number)}"
        if isinstance(fields, dict) and isinstance(fields.get("name"), str):
            place += f" ({safe_text(fields['name'])})"
        if not number.isdecimal():
            raise _problem(path, f"{place}: entries are numbered")
        try:
            entries[int(number)] = msgspec.convert(fields, kind)
        except msgspec.ValidationError as error:
            raise _problem(path, f"{place}: {_sentence(str(error), kind)}") from None
    return entries


def unique(path: Path, table: str, entries: Mapping[int, D], key: Callable[[D], Any]) -> None:
    """Refuse two entries of one name: which of them holds would be a guess."""
    seen: dict[Any, int] = {}
    for number, entry in entries.items():
        first = seen.setdefault(key(entry), number)
        if first != number:
            raise _problem(path, f"table {table!r}: entries {first} and {number} are both called {key(entry)!r}")


def _check_version(path: Path, tables: dict[str, Any]) -> None:
    # Before anything else is looked at: a newer version may have tables and keys that look like mistakes.
    entries = list(tables.get(INFO, {}).values())
    if len(entries) != 1 or not isinstance(entries[0], dict):
        raise _problem(path, f"table {INFO!r} must hold exactly one entry")
    version = entries[0].get("schema")
    if type(version) is not int or version < 1:
        raise _problem(path, f"table {INFO!r}: its schema must be a whole number from 1 to {SCHEMA}")
    if version > SCHEMA:
        raise Problem(
            f"{path} was written by a newer dialconsole (schema {version}; this one knows up to {SCHEMA}). "
            "Nothing was changed. Install that version or a later one.",
            code="newer",
        )


def _sentence(error: str, kind: type[msgspec.Struct]) -> str:
    unknown = _UNKNOWN_FIELD.fullmatch(error)
    if unknown:
        place = unknown["place"] or ""
        known = _keys_at(kind, place)
        where = f" in {place}" if place else ""
        return f"there is no key {_shown(unknown['key'])}{where}{_nearest(unknown['key'], known)}"
    found = _AT.fullmatch(error)
    if not found or not found["place"]:
        return safe_text(error[0].lower() + error[1:])
    return f"key {_shown(found['place'])}: {safe_text(found['what'][0].lower() + found['what'][1:])}"


def _keys_at(kind: type[msgspec.Struct], place: str) -> tuple[str, ...]:
    """The keys that may stand at a place such as ``limits``: fields of the struct found by following the names."""
    for name in filter(None, place.split(".")):
        nested = {field.name: field.type for field in msgspec.structs.fields(kind)}.get(name)
        if not (isinstance(nested, type) and issubclass(nested, msgspec.Struct)):
            return ()
        kind = nested
    return tuple(field.name for field in msgspec.structs.fields(kind))


def _nearest(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known)}"


def _shown(word: str) -> str:
    return repr(safe_text(word, 60))


def _problem(path: Path, fault: str) -> Problem:
    end = "" if fault.endswith((".", "?")) else "."
    return Problem(f"{path}: {fault}{end} {_WAY_BACK}", code="corrupt")
