"""A registry as a flat file of bits: bit n is set when the ten-digit number 2,000,000,000 + n is listed.

One billion bytes long, and sparse: area codes without numbers are holes, so a national registry of 250 million takes
400-500 MB of disk. A look-up is one ``pread`` of a byte (a µs warm, 75 cold). A version's file is never written to once
it can be opened, so an answer that somebody keeps is as true as the file. Rejected: keeping pages, which costs each new
number twice as much as it saves.

Rejected: ``mmap``, which is twice as fast, but turns a disk error into a SIGBUS that kills the engine where ``pread``
gives an ``OSError`` that can hold the call, and counts up to 400 MB of page cache as ours. Sets, roaring bitmaps and
sqlite: between 80 times the memory and six times the time. A file per area code: 400 descriptors for no gain.

A block is the part of one area code, 1,250,000 bytes: no byte is shared by two area codes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from os import pread  # found faster than by way of its module
from pathlib import Path
from typing import Self

from msgspec import Struct

FIRST = 2_000_000_000
"""The number of bit 0. No area code begins with 0 or 1."""

LAST = 9_999_999_999
PER_CODE = 10_000_000
BLOCK = PER_CODE // 8
AREA_CODES = range(FIRST // PER_CODE, LAST // PER_CODE + 1)
SIZE = len(AREA_CODES) * BLOCK


class ShortRead(OSError):
    """The file ends where a number should be: it was cut off."""


class Survey(Struct, frozen=True):
    """What a bit file holds."""

    counts: dict[int, int]
    """Numbers by area code, of those that have any, ascending."""
    sha256: str
    """Of the blocks that have any, in the order of their area codes, each preceded by its code in three digits. Holes
    do not count, so a copy that lost its holes has the same."""


class BitFile:
    """An open bit file. ``OSError`` for all that goes wrong with it; nothing is ever taken for "not listed"."""

    listed: Callable[[int], bool]
    """Whether a ten-digit number is listed. Raises ``OSError``, also for a number that has no bit."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.listed = _listed_in(handle)

    @classmethod
    def open(cls, path: Path) -> Self:
        return cls(os.open(path, os.O_RDONLY | os.O_CLOEXEC))

    def again(self) -> Self:
        """The same file by a descriptor of its own."""
        return type(self)(os.dup(self._handle))

    def block(self, area_code: int) -> bytes:
        """All bits of an area code. Raises ``OSError``."""
        return read_block(self._handle, area_code)

    def stat(self) -> os.stat_result:
        return os.fstat(self._handle)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Area codes whose block is not all hole, ascending, each with its block."""
        for code in occupied(self._handle):
            yield code, read_block(self._handle, code)

    def survey(self) -> Survey:
        """Read everything that is not a hole, once: a second for a national registry."""
        return survey(self._handle)

    def close(self) -> None:
        os.close(self._handle)


def _listed_in(handle: int) -> Callable[[int], bool]:
    def listed(number: int) -> bool:
        if byte := pread(handle, 1, (number - FIRST) >> 3):
            return byte[0] >> (number & 7) & 1 == 1  # FIRST is a multiple of 8
        raise ShortRead("the file is cut off")

    return listed


def block_start(area_code: int) -> int:
    """Where the block of an area code begins, in bytes."""
    return (area_code - AREA_CODES.start) * BLOCK


def read_block(handle: int, area_code: int) -> bytes:
    """The block of an area code. Raises ``ShortRead`` if the file ends before the block does."""
    block = pread(handle, BLOCK, block_start(area_code))
    if len(block) != BLOCK:
        raise ShortRead(f"the file is cut off in area code {area_code}")
    return block


def occupied(handle: int) -> Iterator[int]:
    """Area codes whose block is not all hole, ascending. A file system without holes names them all."""
    after, code = 0, AREA_CODES.start
    while True:
        try:
            start = os.lseek(handle, after, os.SEEK_DATA)
        except OSError:  # ENXIO: only a hole is left
            return
        if start >= SIZE:
            return
        after = os.lseek(handle, start, os.SEEK_HOLE)
        code = max(code, AREA_CODES.start + start // BLOCK)
        while code in AREA_CODES and block_start(code) < after:
            yield code
            code += 1


def survey(handle: int) -> Survey:
    """Count and hash an open bit file."""
    counts: dict[int, int] = {}
    digest = hashlib.sha256()
    for code in occupied(handle):
        block = read_block(handle, code)
        count = int.from_bytes(block, "little").bit_count()
        if count:
            counts[code] = count
            digest.update(b"%03d" % code)
            digest.update(block)
    return Survey(counts=counts, sha256=digest.hexdigest())
