"""The file of a call list: what it is, its hash and encoding, and whether it is still the same when it is read.

One pass over all bytes before the first row is read (about a second for each gigabyte) buys three things: the hash by
which an import is known, an encoding that is not a guess, and a refusal of what is no list before anything is done
with it. The rows are read in a second pass; a file that was changed in between is refused, because its hash would
then stand for something else.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from dialconsole.lists.encoding import Encoding, EncodingEvidence
from dialconsole.lists.foreign import foreign_sentence, looks_binary
from dialconsole.lists.workbook import Sheet, SheetText, is_workbook, open_sheet
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

CHUNK = 1 << 20
ZIP = b"PK\x03\x04"


class Source(Struct, frozen=True):
    path: Path
    name: str
    """The file's name, safe to show."""
    sha256: str
    encoding: Encoding
    binary: bool
    """Its beginning is full of control bytes."""
    size: int
    changed_ns: int
    sheet: Sheet | None = None
    """If it is a workbook."""

    @contextmanager
    def open(self) -> Iterator[SourceText | SheetText]:
        """The text, lines as they stand. Raises ``Problem`` if it cannot be read or is not what was hashed."""
        self.refuse_if_changed()
        if self.sheet is not None:
            yield SheetText(self.sheet, self.name, self.size)
            return
        with _as_problems(self.path):
            text = self.path.open(encoding=self.encoding.codec, errors="replace", newline="")
        with text:
            yield SourceText(text, self.path)

    def refuse_if_changed(self) -> None:
        """Called before the first row and behind the last one."""
        with _as_problems(self.path):
            now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed_ns):
            raise Problem(
                f"{self.name} was changed while it was being read, so nothing of it is used. Read it again.",
                code="list_changed",
            )


class SourceText:
    """A ``LineSource`` whose disk may fail between two lines."""

    def __init__(self, text: TextIO, path: Path) -> None:
        self._bytes = text.buffer
        self._read = text.read
        self._readline = text.readline
        self._path = path

    @property
    def position(self) -> int:
        """Bytes taken from the file."""
        return self._bytes.tell()

    def read(self, size: int = -1, /) -> str:
        try:
            return self._read(size)
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def readline(self, size: int = -1, /) -> str:
        try:
            return self._readline(size)
        except OSError as error:
            raise _unreadable(self._path, error) from error


def examine(path: Path, sheet: str | None = None) -> Source:
    """Read a file once. Raises ``Problem`` for what is missing, unreadable, empty, or known to be no text.

    ``sheet``: of a workbook; ``None`` is the first.
    """
    name = safe_text(path.name)
    with _as_problems(path):
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise Problem(f"{name} is a folder. Give one call list (a CSV file).", code="list_unreadable")
        if not stat.S_ISREG(about.st_mode):
            raise Problem(
                f"{name} is no ordinary file; a call list is read twice, so save it as a file first.",
                code="list_unreadable",
            )
        digest, evidence, head, found = hashlib.sha256(), EncodingEvidence(), b"", None
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if not head:
                    head = chunk
                    found = _sheet_of(path, name, head, sheet)
                digest.update(chunk)
                evidence.add(chunk)
    if not head:
        raise Problem(f"{name} is empty. Export the call list again.", code="list_empty")
    encoding = evidence.verdict()
    return Source(
        path=path,
        name=name,
        sha256=digest.hexdigest(),
        encoding=encoding,
        binary=found is None and encoding.one_byte_ascii and looks_binary(head),
        size=about.st_size,
        changed_ns=about.st_mtime_ns,
        sheet=found,
    )


def _sheet_of(path: Path, name: str, head: bytes, wanted: str | None) -> Sheet | None:
    """The sheet of a workbook, ``None`` for what may be text. Raises ``Problem`` for all else."""
    if head.startswith(ZIP) and is_workbook(path):
        return open_sheet(path, wanted)
    if wanted is not None:
        raise Problem(f"{name} is no workbook, so it has no sheets; leave --sheet out.", code="no_sheets")
    sentence = foreign_sentence(head)
    if sentence:
        raise Problem(f"{name} {sentence}", code="list_not_csv")
    return None


@contextmanager
def _as_problems(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError | ValueError) -> Problem:
    name = safe_text(str(path))
    match error:
        case FileNotFoundError():
            sentence = f"There is no file {name}."
        case PermissionError():
            sentence = f"{name} may not be read by this user. Check its permissions."
        case _:
            sentence = f"{name} cannot be read: {safe_text(getattr(error, 'strerror', None) or str(error))}."
    return Problem(sentence, code="list_unreadable")
