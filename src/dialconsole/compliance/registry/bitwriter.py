"""Writing a bit file: a new one, numbers by the million, holes kept.

numpy, and only here and where files are parsed, because a full list is 250 million lines: measured beside each other,
parsed and set at 28 million lines a second, where the best loop over ``int``s did 3 to 4.5 million and held the
interpreter meanwhile. It is imported when an import begins, never by an engine that only looks numbers up.

Numbers wait until there are many of them and are then written an area code at a time, so a file that names the area
codes in any order costs 64 MB and not a block of memory for each of 400 area codes. Only pages that change are written:
a page of zeros that was never written stays a hole.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from dialconsole.compliance.registry.bits import (
    BLOCK,
    FIRST,
    PER_CODE,
    SIZE,
    BitFile,
    Survey,
    block_start,
    read_block,
    survey,
)
from dialconsole.compliance.registry.header import Stamp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_WAITING = 4_000_000
"""Numbers that wait before they are written."""

_PAGE = 4096


class BitWriter:
    """A bit file in the making. ``OSError`` for a disk that is full or fails; the caller removes the file then."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._waiting: list[Numbers] = []
        self._count = 0
        os.ftruncate(self._handle, SIZE)

    def copy_from(self, other: BitFile) -> Survey:
        """Take over all numbers of another bit file; what was found in it, for the caller to compare."""
        empty = bytes(BLOCK)
        for code, block in other.blocks():
            self._write_block(code, empty, block)
        return survey(self._handle)

    def put(self, numbers: Iterable[int]) -> None:
        """Set the bits of a few ten-digit numbers, without numpy."""
        for number in numbers:
            place = (number - FIRST) >> 3
            byte = os.pread(self._handle, 1, place)[0] | 1 << (number & 7)
            _write(self._handle, bytes((byte,)), place)

    def add(self, numbers: Numbers) -> None:
        """Set the bits of ten-digit numbers, all between ``FIRST`` and ``LAST``, in any order."""
        self._waiting.append(numbers)
        self._count += len(numbers)
        if self._count >= _WAITING:
            self._flush()

    def remove(self, numbers: Numbers) -> None:
        """Clear the bits of ten-digit numbers."""
        self._flush()
        self._apply(numbers, setting=False)

    def finish(self, mtime_ns: int) -> tuple[Survey, Stamp]:
        """Write what waits, read all of it back, and make it durable.

        The file's time is set to ``mtime_ns``, in the past: whatever is written to the file later then shows, also
        within the few milliseconds in which the kernel's clock stands still.
        """
        self._flush()
        found = survey(self._handle)
        os.utime(self._handle, ns=(mtime_ns, mtime_ns))
        os.fsync(self._handle)
        about = os.fstat(self._handle)
        return found, Stamp(size=about.st_size, mtime_ns=about.st_mtime_ns, inode=about.st_ino)

    def close(self) -> None:
        os.close(self._handle)

    def _flush(self) -> None:
        if not self._waiting:
            return
        import numpy as np

        numbers = np.concatenate(self._waiting)
        self._waiting, self._count = [], 0
        self._apply(numbers, setting=True)

    def _apply(self, numbers: Numbers, *, setting: bool) -> None:
        import numpy as np

        if not len(numbers):
            return
        codes = (numbers // PER_CODE).astype(np.int16)
        if np.any(codes[1:] < codes[:-1]):
            order = np.argsort(codes, kind="stable")
            codes, numbers = codes[order], numbers[order]
        present, starts = np.unique(codes, return_index=True)
        for code, part in zip(present.tolist(), np.split(numbers, starts[1:]), strict=False):
            self._apply_block(code, part - code * PER_CODE, setting=setting)

    def _apply_block(self, code: int, lines: Numbers, *, setting: bool) -> None:
        """Set or clear lines (the last seven digits) of one area code."""
        import numpy as np

        before = read_block(self._handle, code)
        after = np.frombuffer(bytearray(before), np.uint8)
        bits = np.left_shift(1, lines & 7).astype(np.uint8)
        if setting:
            np.bitwise_or.at(after, lines >> 3, bits)
        else:
            np.bitwise_and.at(after, lines >> 3, ~bits)
        self._write_block(code, before, after.tobytes())

    def _write_block(self, code: int, before: bytes, after: bytes) -> None:
        """Write the pages in which ``after`` differs from ``before``, neighbours in one go."""
        start = block_start(code)
        run = None
        place = 0
        while place < BLOCK:
            end = min(BLOCK, place + _PAGE - (start + place) % _PAGE)
            if after[place:end] != before[place:end]:
                run = place if run is None else run
            elif run is not None:
                _write(self._handle, after[run:place], start + run)
                run = None
            place = end
        if run is not None:
            _write(self._handle, after[run:], start + run)


def _write(handle: int, content: bytes, place: int) -> None:
    """All of ``content``: a disk that is nearly full takes a part first and fails at the next attempt only."""
    while content:
        written = os.pwrite(handle, content, place)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        content, place = content[written:], place + written
