"""What commands print: aligned tables for people, JSON for programs.

In JSON, every instant is ISO 8601 in UTC, whatever carries it, and ``null`` where it never happened. Inside, instants
are POSIX seconds; they are known by the names of their fields, which the model keeps to a rule (a test holds it to
that).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

from dialconsole.cli.instant import iso
from dialconsole.model.request.request import Done

_INSTANTS = frozenset({"at", "now", "until", "since", "due", "waiting_since"})


def is_instant(field: str) -> bool:
    """Whether a field of this name holds POSIX seconds."""
    return field in _INSTANTS or field.endswith(("_at", "_until"))


def plain(value: Any) -> Any:
    """A struct as JSON knows it, with instants as text."""
    return _with_times(msgspec.to_builtins(value))


def print_json(value: Any) -> None:
    """One JSON document, indented, keys in the order of the struct."""
    click.echo(msgspec.json.format(msgspec.json.encode(plain(value)), indent=2))


def print_json_line(value: Any) -> None:
    """One line of JSON lines."""
    click.echo(msgspec.json.encode(plain(value)))


def print_done(done: Done, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        click.echo(done.sentence)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Columns two spaces apart; a header that begins with ``>`` is aligned to the right. ``empty`` if there is no row.

    Cells are text from the model and were made safe where they entered.
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    if not cells:
        click.echo(empty)
        return
    titles = [title.lstrip(">") for title in header]
    right = [title.startswith(">") for title in header]
    widths = [max(_width(row[i]) for row in [titles, *cells]) for i in range(len(titles))]
    for row in [titles, *cells]:
        aligned = (_align(cell, width, to_right) for cell, width, to_right in zip(row, widths, right, strict=True))
        click.echo("  ".join(aligned).rstrip())


def counted(count: int, noun: str) -> str:
    """``1 line``, ``2 lines``."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Names and values below each other."""
    lines = [(name, _cell(value)) for name, value in facts]
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        click.echo(f"{name.ljust(width)}  {value}".rstrip())


def _with_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: iso(v or None) if _is_time(key, v) else _with_times(v) for key, v in value.items()}
    return [_with_times(item) for item in value] if isinstance(value, list | tuple) else value


def _is_time(key: object, value: object) -> bool:
    return isinstance(key, str) and is_instant(key) and isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: object) -> str:
    return "-" if value is None or value == "" else str(value)


def _align(cell: str, width: int, to_right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if to_right else cell + space


def _width(text: str) -> int:
    """Columns that a terminal needs: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
