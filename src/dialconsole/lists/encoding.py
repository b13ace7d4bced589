"""Which encoding a list is in, decided from all of its bytes.

A sample is not enough: the first "é" of a list may stand in row 90,000, and the file is read once anyway for its
hash. Rejected: charset-normalizer and chardet, which guess among a hundred encodings by letter statistics; lists come
as UTF-8, as UTF-16 (Excel's "Unicode text") or in the Windows code page, and UTF-8 proves itself.
"""

from __future__ import annotations

import codecs

from msgspec import Struct

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_NOT_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Bytes without a meaning in Windows-1252."""

TITLES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (with a byte order mark)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (without a byte order mark)",
    "utf-16-be": "UTF-16 (without a byte order mark)",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Latin-1), since it is not UTF-8",
    "latin-1": "Latin-1, since it is not UTF-8",
}


class Encoding(Struct, frozen=True):
    codec: str
    """Python's name; decoding with ``errors="replace"`` never fails."""
    damaged: int = 0
    """Places in a UTF-8 file that are no UTF-8."""

    @property
    def one_byte_ascii(self) -> bool:
        """Whether a Latin letter is one byte, so that a NUL byte means something is odd."""
        return not self.codec.startswith(("utf-16", "utf-32"))


def marked(head: bytes) -> str | None:
    """The codec that a byte order mark names, or the NULs that Latin letters have in UTF-16 without one."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec
    match [byte != 0 for byte in head[:4]]:
        case [True, False, True, False]:
            return "utf-16-le"
        case [False, True, False, True]:
            return "utf-16-be"
    return None


class EncodingEvidence:
    """Weighs the bytes of one file, chunk by chunk. UTF-8 unless more places contradict it than confirm it."""

    def __init__(self) -> None:
        self._codec: str | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._started = False
        self._letters = 0
        self._damaged = 0
        self._beyond_cp1252 = False

    def add(self, chunk: bytes) -> None:
        if not self._started:
            self._started = True
            self._codec = marked(chunk)
        if self._codec in (None, "utf-8-sig"):
            self._weigh(chunk, self._decoder.decode(chunk))

    def _weigh(self, chunk: bytes, text: str) -> None:
        if chunk.isascii() and text.isascii():
            return
        damaged = text.count("�") - chunk.count("�".encode())
        self._damaged += damaged
        self._letters += len(text) - len(text.encode("ascii", "ignore")) - damaged
        self._beyond_cp1252 = self._beyond_cp1252 or not _NOT_CP1252.isdisjoint(chunk)

    def verdict(self) -> Encoding:
        """Call once, after the last chunk."""
        if self._codec in (None, "utf-8-sig"):
            self._weigh(b"", self._decoder.decode(b"", final=True))
        if self._codec is not None:
            return Encoding(self._codec, max(0, self._damaged))
        if self._damaged > self._letters:
            return Encoding("latin-1" if self._beyond_cp1252 else "cp1252")
        return Encoding("utf-8", max(0, self._damaged))
