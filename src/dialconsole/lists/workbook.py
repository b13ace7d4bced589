"""Call lists in workbooks (.xlsx): one sheet, read as if it had been saved as CSV.

Each row of the sheet becomes one line, so that everything behind (columns, lines in sentences, rejected rows) is the
same for both. A sheet keeps numbers where people see text: a telephone number is 2125550123.0 and a ZIP code has lost
its zero; whole numbers are written without their point, and the ZIP reader knows lost zeros.

``python-calamine`` is an extra: five times as fast as openpyxl, and not needed by those whose lists are CSV.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import zipfile
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from dialconsole.lists.fault import quoted
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

MOST_UNPACKED = 2 << 30
"""Bytes that the parts of a workbook may unpack to; a million rows of a call list are some 300 MB."""

_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_MIDNIGHT = dt.time()


class Sheet:
    """One sheet of a workbook, read into memory when its rows are first asked for."""

    def __init__(self, book: Any, file: str, name: str, others: Sequence[str]) -> None:
        self._file = file
        self.name = safe_text(name)
        self.others = tuple(map(safe_text, others))
        self._book = book
        self._title = name
        self._sheet: Any = None

    @property
    def height(self) -> int:
        """Rows down to the last one with anything in it."""
        return int(self._loaded().total_height)

    def lines(self) -> Iterator[str]:
        """The rows as lines of CSV with commas."""
        cells = _Line()
        writer = csv.writer(cells, lineterminator="\n")
        for row in self._loaded().iter_rows():
            writer.writerow(map(_text, row))
            yield cells.text

    def _loaded(self) -> Any:
        if self._sheet is None:
            try:
                self._sheet = self._book.get_sheet_by_name(self._title)
            except Exception as error:  # an error of its own for each part of a workbook
                raise damaged(self._file, error) from error
        return self._sheet


class SheetText:
    """``LineSource`` over the lines of a sheet."""

    def __init__(self, sheet: Sheet, name: str, size: int) -> None:
        self._lines = sheet.lines()
        self._name = name
        self._size = size
        self._height = max(1, sheet.height)
        self._taken = 0
        self._open = ""
        """What is left of a line that was asked for in parts."""

    @property
    def position(self) -> int:
        """As far into the file as its rows have been taken."""
        return self._size * self._taken // self._height

    def read(self, size: int = -1, /) -> str:
        """About so many characters, in whole lines."""
        lines: list[str] = []
        while (size < 0 or size > 0) and (line := self.readline()):
            lines.append(line)
            size = size if size < 0 else max(0, size - len(line))
        return "".join(lines)

    def readline(self, size: int = -1, /) -> str:
        line = self._open or self._next()
        if size < 0 or len(line) <= size:
            self._open = ""
            return line
        self._open = line[size:]
        return line[:size]

    def _next(self) -> str:
        try:
            line = next(self._lines, "")
        except Problem:
            raise
        except Exception as error:
            raise damaged(self._name, error) from error
        self._taken += 1
        return line


class _Line:
    """Where a CSV writer leaves its line."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def is_workbook(path: Path) -> bool:
    """Whether a ZIP archive is one. Raises ``Problem`` for a damaged archive, and for one that would fill memory."""
    name = safe_text(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(name, error) from error
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Problem(
            f"{name} unpacks to more than {MOST_UNPACKED >> 30} GB; it is no call list. Save the sheet as CSV.",
            code="list_not_csv",
        )
    return any(part.filename in _PARTS for part in parts)


def open_sheet(path: Path, wanted: str | None) -> Sheet:
    """The sheet called ``wanted``, or the first one. Raises ``Problem`` with a sentence for a person."""
    name, calamine = safe_text(path.name), _calamine(safe_text(path.name))
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        titles = list(book.sheet_names)
    except calamine.PasswordError:
        raise Problem(f"{name} is protected by a password. Save it without one.", code="list_not_csv") from None
    except (calamine.CalamineError, OSError) as error:
        raise damaged(name, error) from error
    if not titles:
        raise Problem(f"{name} has no sheets.", code="list_empty")
    title = titles[0] if wanted is None else _find(titles, wanted, name)
    return Sheet(book, name, title, [other for other in titles if other != title])


def _find(titles: Sequence[str], wanted: str, name: str) -> str:
    folded = {title.strip().casefold(): title for title in titles}
    if found := folded.get(wanted.strip().casefold()):
        return found
    near = get_close_matches(wanted.strip().casefold(), folded, n=1)
    hint = f" Did you mean {quoted(folded[near[0]])}?" if near else ""
    raise Problem(
        f"{name} has no sheet {quoted(wanted)}.{hint} Its sheets are: {', '.join(map(quoted, titles))}.",
        code="unknown_sheet",
    )


def _calamine(name: str) -> ModuleType:
    try:
        return importlib.import_module("python_calamine")
    except ImportError:
        raise Problem(
            f"{name} is a workbook, and reading those is an extra. Install it: pip install 'dialconsole[xlsx]'. "
            "Or save the sheet as CSV (UTF-8) and import that file.",
            code="no_xlsx",
        ) from None


def damaged(name: str, error: Exception) -> Problem:
    why = safe_text(str(error), 120)
    return Problem(
        f"{name} is a damaged workbook or ZIP archive and cannot be read ({why}). "
        "Open it in the program it comes from, save it as CSV (UTF-8), and import that file.",
        code="list_not_csv",
    )


def _text(cell: object) -> str:
    """A cell as CSV would have it; line breaks in it become spaces, so that a row is one line."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime():
            return (cell.date() if cell.time() == _MIDNIGHT else cell).isoformat()
        case dt.date() | dt.time():
            return cell.isoformat()
    return " ".join(str(cell).splitlines()) if isinstance(cell, str) else str(cell)
