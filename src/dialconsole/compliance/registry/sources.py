"""The files that a registry is imported from: plain text or zip archives, hashed, read in blocks of whole lines.

Each file is read once for its SHA-256 before a line of it is used. That costs 15 ns a line, and buys a refusal of what
is no list before anything is built, and a hash that is known to be that of the content: a file that changes meanwhile
is noticed at the end, when nothing has been replaced yet.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from msgspec import Struct

from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

BLOCK_BYTES = 1 << 20
_LONGEST_LINE = 1 << 16

_ZIP = b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"PK\x05\x06", "is an empty ZIP archive"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ\x00", "is compressed with xz; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook; registries are text files"),
    (b"%PDF-", "is a PDF; registries are text files"),
    (b"\xff\xfe", "is UTF-16 text, which no registry is written in"),
    (b"\xfe\xff", "is UTF-16 text, which no registry is written in"),
    (b"<", "is XML or a web page; take the flat text file that the registry offers beside it"),
)

_UNPACKING: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
with suppress(ImportError):  # a Python that was built without lzma refuses such archives itself
    from lzma import LZMAError

    _UNPACKING += (LZMAError,)

UNTOUCHED = "Nothing was replaced."


class Source(Struct, frozen=True):
    path: Path
    name: str
    """The file's name, safe to show."""
    sha256: str
    size: int
    changed_ns: int
    zipped: bool

    def refuse_if_changed(self) -> None:
        """Called when all of it has been read."""
        with as_problems(self.name):
            now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed_ns):
            raise not_usable(self.name, "was changed while it was being read; import it again")


class Block(Struct, frozen=True, gc=False):
    """Some whole lines of one text."""

    content: bytes
    """Ends with a line feed."""
    name: str
    """The file, and the member of the archive it is in."""
    first_line: int
    read: int
    """Bytes of the source file (as it lies on disk) that have been read so far."""


def examine(path: Path) -> Source:
    """Read a file once. Raises ``Problem`` for what is missing, unreadable, empty, or known to be no list."""
    name = safe_text(path.name)
    with as_problems(name):
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise not_usable(name, "is no ordinary file; give the files themselves")
        digest, head = hashlib.sha256(), b""
        with path.open("rb") as file:
            while chunk := file.read(BLOCK_BYTES):
                head = head or chunk[:64]
                digest.update(chunk)
    if not head.strip():
        raise not_usable(name, "is empty")
    _refuse_foreign(name, head)
    return Source(
        path=path,
        name=name,
        sha256=digest.hexdigest(),
        size=about.st_size,
        changed_ns=about.st_mtime_ns,
        zipped=head.startswith(_ZIP),
    )


def blocks(source: Source) -> Iterator[Block]:
    """The text of a source in blocks of about a megabyte; of an archive, all its members. Raises ``Problem``."""
    with as_problems(source.name), source.path.open("rb") as file:
        if not source.zipped:
            yield from _lines(file, source.name, file)
            return
        with zipfile.ZipFile(file) as archive:
            if "[Content_Types].xml" in archive.namelist():
                raise not_usable(source.name, "is an Excel workbook; registries are text files")
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as text:
                        yield from _lines(text, f"{source.name}/{safe_text(member.filename, 80)}", file)


def _lines(text: IO[bytes], name: str, disk: IO[bytes]) -> Iterator[Block]:
    rest, line = b"", 1
    while chunk := text.read(BLOCK_BYTES):
        if line == 1 and not rest:
            chunk = chunk.removeprefix(_BOM)
            _refuse_foreign(name, chunk[:64])
        end = chunk.rfind(b"\n") + 1
        if not end:
            rest += chunk
            if len(rest) > _LONGEST_LINE:
                raise not_usable(name, f"has a line of more than {_LONGEST_LINE:,} characters (line {line})")
            continue
        content, rest = rest + chunk[:end], chunk[end:]
        yield Block(content=content, name=name, first_line=line, read=disk.tell())
        line += content.count(b"\n")
    if rest:
        yield Block(content=rest + b"\n", name=name, first_line=line, read=disk.tell())


def _refuse_foreign(name: str, head: bytes) -> None:
    for magic, sentence in _FOREIGN:
        if head.startswith(magic):
            raise not_usable(name, sentence)


@contextmanager
def as_problems(name: str) -> Iterator[None]:
    """What goes wrong while a source is read, as a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise not_usable(name, "does not exist") from None
    except PermissionError:
        raise not_usable(name, "may not be read by this user; check its permissions") from None
    except ValueError as error:  # a path with a NUL in it
        raise not_usable(name, f"cannot be read ({safe_text(str(error), 80)})") from error
    except _UNPACKING as error:
        raise _not_unpacked(name, error) from error
    except OSError as error:
        if error.errno is None:  # the disk's own have a number; this is what bzip2 says of damaged data
            raise _not_unpacked(name, error) from error
        raise


def _not_unpacked(name: str, error: Exception) -> Problem:
    return not_usable(name, f"is a ZIP archive that cannot be unpacked ({safe_text(str(error), 80)})")


def not_usable(name: str, what: str) -> Problem:
    return Problem(f"{name} {what}. {UNTOUCHED}", code="registry_source")
