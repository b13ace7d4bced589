"""Reading rule files: every mistake is answered with file, table, key and the nearest key that exists.

A rule that is half understood would let calls through that it forbids. So one mistake refuses all the files, and a
refused rule book holds every call (see ``rules.book``).
"""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dialconsole.compliance.rules.holiday import HolidayRule, library_days
from dialconsole.compliance.rules.row import Cap, Certainty, ConsentNeed, Hours, Length, RuleRow, Week
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.text import safe_text

_ID = re.compile(r"[A-Z]{2}(-[A-Z]{2,3})?(-[a-z]+)?")
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z]{2,3})?")
_UNKNOWN_KEY = re.compile(r"Object contains unknown field `(?P<key>[^`]*)`(?: - at `\$\.?(?P<place>[^`]*)`)?")
_BAD_WORD = re.compile(r"Invalid enum value '(?P<word>[^']*)'(?: - at `\$\.?(?P<place>[^`]*)`)?")
_AT = re.compile(r"(?P<what>.*?) - at `\$\.?(?P<place>[^`]*)`", re.DOTALL)

_TABLES: dict[str, type[Struct]] = {"": RuleRow, "hours": Week, "caps": Cap, "consent": ConsentNeed}
_WORDS = tuple(str(word) for kind in (Purpose, Voice, LineType, ConsentBasis, Certainty) for word in kind)
_WRITTEN = (Hours, Length, HolidayRule)
"""Types of our own, each made from the text that stands in the file."""

_ANY_YEAR = 2026


def read_rows(folder: Path) -> tuple[RuleRow, ...]:
    """All rows of all ``*.toml`` files in ``folder``, in order of file and table. Blocking.

    Raises ``Problem``: no folder or no file in it, a file that cannot be read, a mistake in one, the same row twice.
    """
    rows: dict[str, tuple[RuleRow, Path]] = {}
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise _bad(folder, f"cannot be read ({error.strerror})") from None
    if not paths:
        raise _bad(folder, "holds no rule file (*.toml)")
    for path in paths:
        for row in _rows_of(path):
            if row.id in rows:
                raise _bad(path, f"table [{row.id}]: {rows[row.id][1].name} has a table of that name too")
            rows[row.id] = row, path
    _check_places(folder, [row for row, _ in rows.values()])
    return tuple(row for row, _ in rows.values())


def _rows_of(path: Path) -> list[RuleRow]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(path, f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _bad(path, "is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise _bad(path, f"is not TOML: {safe_text(str(error))}") from None
    return [_row(path, name, table) for name, table in tables.items()]


def _row(path: Path, name: str, table: object) -> RuleRow:
    if not isinstance(table, dict):
        raise _bad(path, f"{safe_text(name, 60)!r} stands outside of any table; a row starts with [US-XX]")
    place = f"table [{safe_text(name, 60)}]"
    if not _ID.fullmatch(name):
        raise _bad(path, f"{place}: a row is named like [US-LA], or [US-LA-debt] for a second one of a place")
    if "id" in table:
        raise _bad(path, f"{place}: there is no key 'id'; the table's name is it")
    try:
        row = msgspec.convert(table | {"id": name}, RuleRow, dec_hook=_made)
    except msgspec.ValidationError as error:
        raise _bad(path, f"{place}: {_sentence(str(error))}") from None
    for place_code in (*row.jurisdictions, *row.subdivisions):
        if not _JURISDICTION.fullmatch(place_code):
            raise _bad(path, f"{place}: {safe_text(place_code, 60)!r} is no jurisdiction; write 'US' or 'US-LA'")
    for code in row.holiday_sets:
        try:
            library_days(code, _ANY_YEAR)
        except ValueError as error:
            raise _bad(path, f"{place}, key 'holiday_sets': {error}") from None
        except ImportError:
            raise _bad(path, f"{place} needs the Python package 'holidays', which is not installed") from None
    return row


def _made(kind: type[Any], value: object) -> object:
    """msgspec's question about types that it does not know: they are written as text."""
    if kind in _WRITTEN and isinstance(value, str):
        return kind(value)
    raise ValueError("expected text in quotation marks")


def _check_places(folder: Path, rows: list[RuleRow]) -> None:
    """A row for a place that no country's row lists would never be asked for: a typing error."""
    known = {row.id for row in rows if row.subdivisions} | {code for row in rows for code in row.subdivisions}
    for row in rows:
        for place in row.jurisdictions:
            if place not in known:
                raise _bad(
                    folder, f"table [{row.id}]: no row lists the place {place!r}{_nearest(place, sorted(known))}"
                )


def _sentence(error: str) -> str:
    if found := _UNKNOWN_KEY.fullmatch(error):
        table = re.sub(r"\[[^]]*\]", "", found["place"] or "").split(".")[0]
        known = [key for key in _TABLES.get(table, RuleRow).__struct_fields__ if key != "id"]
        where = f" in its {table!r}" if table else ""
        return f"there is no key {safe_text(found['key'], 60)!r}{where}{_nearest(found['key'], known)}"
    if found := _BAD_WORD.fullmatch(error):
        where = f"key {safe_text(found['place'] or '')!r}: "
        return f"{where}{safe_text(found['word'], 60)!r} is no word that it knows{_nearest(found['word'], _WORDS)}"
    if found := _AT.fullmatch(error):
        return f"key {safe_text(found['place'])!r}: {safe_text(found['what'])}"
    return safe_text(error)


def _nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else "."


def _bad(path: Path, what: str) -> Problem:
    end = "" if what.endswith((".", "?")) else "."
    return Problem(
        f"The calling rules in {safe_text(str(path))} cannot be used: {what}{end} No call is placed without them. "
        "Mend that place, or reinstall dialconsole.",
        code="bad_rules",
    )
