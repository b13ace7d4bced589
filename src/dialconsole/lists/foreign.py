"""Files that are no text, known by their first bytes, each with the sentence that says what to export instead.

People import the workbook they have open. "No phone column" would be true and useless; the first bytes tell which
program wrote the file. Rejected: trusting the file's extension, which is wrong as often as the content.
"""

from __future__ import annotations

_AS_CSV = "In the program it comes from, save or export it as CSV (UTF-8), and import that file."

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", f"is a Numbers document or another ZIP archive. {_AS_CSV}"),
    (b"PK\x05\x06", "is an empty ZIP archive. Import the CSV file itself."),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an old Excel workbook (.xls), or one that is protected by a password. Save it as an Excel workbook (.xlsx) "
        "without a password, or as CSV (UTF-8), and import that file.",
    ),
    (b"%PDF-", f"is a PDF, which holds a picture of a table and no table. {_AS_CSV}"),
    (b"\x1f\x8b", "is compressed (gzip). Unpack it first."),
    (b"BZh", "is compressed (bzip2). Unpack it first."),
    (b"\xfd7zXZ\x00", "is compressed (xz). Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "is compressed (zstd). Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive. Unpack it first."),
    (b"Rar!\x1a\x07", "is a RAR archive. Unpack it first."),
    (b"SQLite format 3\x00", f"is an SQLite database. {_AS_CSV}"),
    (b"PAR1", f"is a Parquet file. {_AS_CSV}"),
    (b"\x89PNG\r\n", f"is a picture. {_AS_CSV}"),
    (b"\xff\xd8\xff", f"is a picture. {_AS_CSV}"),
    (b"GIF8", f"is a picture. {_AS_CSV}"),
    (b"{\\rtf", f"is a word processor's document. {_AS_CSV}"),
    (b"\x7fELF", "is a program, not a call list."),
)

_MARKUP = (b"<!doctype html", b"<html", b"<table", b"<?xml")

NOT_TEXT = f"is not a text file: it is full of control bytes. {_AS_CSV}"

_STEERING = bytes(range(9)) + bytes(range(14, 32))
"""Control bytes that text does not use (it does use tab and the line breaks)."""


def foreign_sentence(head: bytes) -> str | None:
    """What a file that begins with ``head`` is, as the rest of a sentence about it; ``None`` if it may be a list."""
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            return sentence
    if head.lstrip()[:20].lower().startswith(_MARKUP):
        return f"is a web page or XML, whatever its name says. {_AS_CSV}"
    return None


def looks_binary(head: bytes) -> bool:
    """Whether more than a tenth of ``head`` are control bytes. Asked only of files in which no list was found: a
    list with a phone column is a list, however odd its other cells are."""
    return len(head.translate(None, _STEERING)) < 0.9 * len(head)
