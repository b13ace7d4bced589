"""One version of a list, opened: the answers it gives.

Opening reads the header and looks at the bit file's size, time and inode; it does not read the file. All answers but
"not covered" are the same for every number on one day, so they are made once a day and a look-up costs one in
``bits``.
"""

from __future__ import annotations

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from dialconsole.compliance.registry.answer import AnswerKind, RegistryAnswer, answered, unreadable
from dialconsole.compliance.registry.bits import AREA_CODES, PER_CODE, SIZE, BitFile
from dialconsole.compliance.registry.folder import bits_path, header_path, read_header
from dialconsole.compliance.registry.header import DAY_S, Header, Stamp, midnight
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

_NANP = 10_000_000_000
"""+1, with which ``number`` begins."""

_AHEAD_S = 14 * 3600.0
"""How far a date may lie ahead of UTC: where people live furthest east, the day begins 14 hours earlier."""

_DAYS_KEPT = 16

_KEPT = 4096
"""Answers, a third of a megabyte: more than a busy engine has calls between their two looks."""

_TRIES = 3
"""An import may commit, and remove the old bit file, between our reading the header and opening the file."""


class Version:
    """An opened version. ``answer`` never raises for a number of +1."""

    def __init__(self, header: Header, bits: BitFile, path: Path) -> None:
        self.header = header
        self.path = path
        self._bits = bits
        self._covered = frozenset(AREA_CODES) if header.everywhere else header.counts.keys()
        self._since = self._until = 0.0
        self._unusable: RegistryAnswer | None = None
        self._days: dict[int, tuple[RegistryAnswer | None, RegistryAnswer, RegistryAnswer]] = {}
        """By age: too old, listed, not listed. Who asks when a number may be called goes to and fro between days."""
        self._kept: dict[int, RegistryAnswer] = {}
        """Of the day, by number: the gate asks for each twice within seconds."""
        self._turn_day(midnight(header.obtained))

    @classmethod
    def open(cls, folder: Path, name: str) -> Self | None:
        """The present version of a list, ``None`` if there is none. Raises ``Problem`` if it cannot be trusted."""
        path = header_path(folder, name)
        try:
            for _ in range(_TRIES):
                header = read_header(folder, name)
                if header is None:
                    return None
                path = bits_path(folder, name, header.version)
                if header.damaged:
                    raise damaged_bits(path, header)
                with suppress(FileNotFoundError):
                    return cls(header, _open_trusted(path, header), path)
            raise FileNotFoundError(errno.ENOENT, "it is gone")
        except OSError as error:
            raise unreadable_bits(path, error) from error

    def answer(self, number: int, at: float) -> RegistryAnswer:
        """Whether ``number`` (E.164 digits of +1, without the plus) is listed, at ``at`` (POSIX seconds)."""
        if not self._since <= at < self._until:
            self._turn_day(at)
        kept = self._kept.get(number)
        if kept is not None:
            return kept
        if self._unusable is not None:
            return self._unusable
        national = number - _NANP
        if national // PER_CODE not in self._covered:
            return answered(AnswerKind.NOT_COVERED, self.header, self.header.age_days(at), national // PER_CODE)
        try:
            answer = self._listed if self._bits.listed(national) else self._not_listed
        except OSError as error:
            return unreadable(self.header.list, unreadable_bits(self.path, error))
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[number] = answer
        return answer

    def names(self, number: int) -> bool:
        """Whether ``number`` (as for ``answer``) is in it, of whatever day it is; yes if it cannot be read."""
        try:
            return self._bits.listed(number - _NANP)
        except OSError:
            return True

    def unusable(self, at: float) -> RegistryAnswer | None:
        """Why the version may not be used for any number at ``at``; ``None`` if it may."""
        if not self._since <= at < self._until:
            self._turn_day(at)
        return self._unusable

    def again(self) -> BitFile:
        """The bit file opened once more, for another thread; whoever asks closes it. Raises ``OSError``."""
        return self._bits.again()

    def close(self) -> None:
        self._kept.clear()
        self._bits.close()

    def _turn_day(self, at: float) -> None:
        """Make the answers of the day that ``at`` is in."""
        self._kept.clear()
        header = self.header
        begin = midnight(header.obtained)
        if at < begin - _AHEAD_S:
            self._since, self._until = -math.inf, begin - _AHEAD_S
            self._unusable = answered(AnswerKind.AHEAD, header, header.age_days(at))
            return
        age = max(header.age_days(at), 0)
        self._since = begin + age * DAY_S if age else begin - _AHEAD_S
        self._until = begin + (age + 1) * DAY_S
        if age not in self._days:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            too_old = answered(AnswerKind.TOO_OLD, header, age) if at >= header.too_old_from else None
            self._days[age] = (
                too_old,
                answered(AnswerKind.LISTED, header, age),
                answered(AnswerKind.NOT_LISTED, header, age),
            )
        self._unusable, self._listed, self._not_listed = self._days[age]


@contextmanager
def open_bits(path: Path, header: Header) -> Iterator[BitFile]:
    """The bit file of a version, for reading all of it. Raises ``Problem`` if it is not there or cut off."""
    try:
        bits = BitFile.open(path)
    except OSError as error:
        raise unreadable_bits(path, error) from error
    try:
        size = bits.stat().st_size
        if size != SIZE:
            raise damaged_bits(path, header, f"{size:,} bytes of {SIZE:,}")
        yield bits
    finally:
        bits.close()


def damaged_bits(path: Path, header: Header, why: str = "wrong checksum") -> Problem:
    """The content of a bit file is not what was imported."""
    return Problem(
        f"{path.name} is damaged ({why}), so it is not known who is listed on the {header.title}. Import the full "
        "list again.",
        code="registry_unreadable",
    )


def stamp_of(bits: BitFile) -> Stamp:
    about = bits.stat()
    return Stamp(size=about.st_size, mtime_ns=about.st_mtime_ns, inode=about.st_ino)


def _open_trusted(path: Path, header: Header) -> BitFile:
    bits = BitFile.open(path)
    try:
        found = stamp_of(bits)
        if found.size != SIZE:
            raise damaged_bits(path, header, f"{found.size:,} bytes of {SIZE:,}")
        if found != header.stamp:
            raise Problem(
                f"{path.name} was written to, restored or copied since it was imported. "
                "`dialconsole registry verify` reads it through and says whether it is still whole.",
                code="registry_unreadable",
            )
    except BaseException:
        bits.close()
        raise
    return bits


def unreadable_bits(path: Path, error: OSError) -> Problem:
    """The disk, or who may read it, is in the way."""
    return Problem(
        f"{path} cannot be read: {safe_text(error.strerror or str(error))}. Mend that, or import the list again.",
        code="registry_unreadable",
    )
