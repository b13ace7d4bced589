"""One theme file: read, and every fault in it said at once, with its line.

Nothing unknown is passed over: a misspelled role would otherwise be a colour that silently never comes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct
from textual.color import Color, ColorParseError

from dialconsole.console.roles import BASE_COLORS, ROLES, TEXT_STYLES
from dialconsole.model.text import safe_text

HEAD: dict[str, type] = {"name": str, "author": str, "dark": bool, "inherit": str}
"""Keys of ``[theme]``."""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Look(NamedTuple):
    """How a role is drawn: ``"bold #FFFFFF on #203040"`` taken apart. Empty: as what is around it."""

    color: str
    background: str = ""
    style: str = ""


class ThemeFile(Struct, frozen=True):
    """What a file says, its good parts; ``faults`` are sentences about the rest."""

    path: Path
    name: str
    author: str = ""
    dark: bool | None = None
    inherit: str = ""
    colors: dict[str, str] = {}
    roles: dict[str, Look] = {}
    faults: tuple[str, ...] = ()


def read_theme_file(path: Path) -> ThemeFile:
    """Read a theme. Never raises for what is in the file, or because there is none: that is in ``faults``."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        return _unreadable(path, f"{path}: cannot be read ({error.strerror}). Check the path and its permissions.")
    except UnicodeDecodeError:
        return _unreadable(path, f"{path}: is not UTF-8 text. A theme is a TOML file; docs/themes.md shows one.")
    except tomllib.TOMLDecodeError as error:
        return _unreadable(path, f"{path}: is not TOML: {safe_text(str(error))}.")
    return _Reading(path, text).read(tables)


def _unreadable(path: Path, fault: str) -> ThemeFile:
    return ThemeFile(path=path, name=safe_text(path.stem), faults=(fault,))


class _Reading:
    """Reading one file: collects what is good and what is not."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._faults: list[str] = []

    def read(self, tables: dict[str, Any]) -> ThemeFile:
        self._known(tables, ("theme", "colors", "roles"), "", "table")
        head = self._head(self._table(tables, "theme"))
        colors = self._colors(self._table(tables, "colors"))
        roles = self._roles(self._table(tables, "roles"))
        if "primary" not in colors and not head.get("inherit"):
            self._fault("colors", "", "primary is missing; Textual needs it. Set it, or inherit from another theme")
        return ThemeFile(
            path=self._path,
            name=head.get("name") or safe_text(self._path.stem),
            author=safe_text(head.get("author", "")),
            dark=head.get("dark"),
            inherit=head.get("inherit", ""),
            colors=colors,
            roles=roles,
            faults=tuple(self._faults),
        )

    def _head(self, table: dict[str, Any]) -> dict[str, Any]:
        head: dict[str, Any] = {}
        for key in self._known(table, HEAD, "theme"):
            if type(table[key]) is HEAD[key]:
                head[key] = table[key]
            else:
                wanted = "true or false" if HEAD[key] is bool else "text in quotes"
                self._fault("theme", key, f"must be {wanted}")
        if "name" not in table:
            self._fault("theme", "", "name is missing; a theme is chosen by it")
        elif not NAME.fullmatch(head.get("name", "x")):
            self._fault("theme", "name", "must be lower-case letters, digits and hyphens, at most 40")
            del head["name"]
        return head

    def _colors(self, table: dict[str, Any]) -> dict[str, str]:
        colors: dict[str, str] = {}
        for key in self._known(table, BASE_COLORS, "colors"):
            if _is_color(table[key]):
                colors[key] = table[key]
            else:
                self._fault("colors", key, f'{_shown(table[key])} is no colour; write one as "#7FC8FF"')
        return colors

    def _roles(self, table: dict[str, Any]) -> dict[str, Look]:
        roles: dict[str, Look] = {}
        for key in self._known(table, ROLES, "roles"):
            look = parse_look(table[key])
            if look is not None:
                roles[key] = look
            else:
                self._fault(
                    "roles",
                    key,
                    f'{_shown(table[key])} is no look; write one as "#7FC8FF" or "bold #FFFFFF on #203040" '
                    f"(words before it: {', '.join(TEXT_STYLES)})",
                )
        return roles

    def _table(self, tables: dict[str, Any], name: str) -> dict[str, Any]:
        table = tables.get(name, {})
        if isinstance(table, dict):
            return table
        self._fault(name, "", f"must be a table: write [{name}] on a line of its own")
        return {}

    def _known(self, table: dict[str, Any], known: Collection[str], where: str, noun: str = "key") -> list[str]:
        """The keys of ``table`` that exist; a fault for each of the others, with the nearest that does."""
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"the nearest there is: {near[0]}" if near else f"there are: {', '.join(known)}"
                self._fault(where or key, key if where else "", f"is no {noun} of a theme; {hint}")
        return [key for key in table if key in known]

    def _fault(self, table: str, key: str, what: str) -> None:
        line = self._line_of(table, key)
        place = f"{self._path}, line {line}" if line else str(self._path)
        name = f"[{safe_text(table)}] {safe_text(key)}".strip()
        self._faults.append(f"{place}: {name} {what}.")

    def _line_of(self, table: str, key: str) -> int | None:
        """The line of a key, or of the table's head; tomllib does not keep lines. ``None`` when written otherwise."""
        inside, head = False, None
        for number, line in enumerate(self._lines, start=1):
            if re.match(r"\s*\[", line):
                inside = re.match(rf"\s*\[\s*{re.escape(table)}\s*\]", line) is not None
                head = number if inside else head
            elif key and inside and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
                return number
        return head


def parse_look(value: object) -> Look | None:
    """``"bold #FFFFFF on #203040"`` taken apart; ``None`` if it is nothing of the kind."""
    if not isinstance(value, str):
        return None
    words = value.split()
    styles: list[str] = []
    while words and words[0] in TEXT_STYLES:
        styles.append(words.pop(0))
    match words:
        case [color] if _is_color(color):
            return Look(color, "", " ".join(styles))
        case [color, "on", background] if _is_color(color) and _is_color(background):
            return Look(color, background, " ".join(styles))
    return None


def _is_color(value: object) -> bool:
    """A colour that can be seen: opaque, and not one that Textual makes up from what is behind it."""
    if not isinstance(value, str):
        return False
    try:
        color = Color.parse(value)
    except ColorParseError:
        return False
    return color.a == 1 and color.auto is False


def _shown(value: object) -> str:
    return f'"{safe_text(value, 40)}"' if isinstance(value, str) else safe_text(str(value), 40)
