"""What is known of one version of a list: whose it is, when it was obtained, what it covers, what it was made of.

JSON beside the bit file, so that a person can read it, sealed with its own SHA-256, so that a header that was edited or
damaged is noticed. It names its bit file by the version, and carries the file's size, time and inode: with these three
an opening costs microseconds and still notices a file that was cut off, written to, restored or copied. The content's
own SHA-256 is checked when it is written, when changes are applied to it, by ``verify``, and by an engine before it
asks the version anything (``proof``).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from dialconsole.compliance.registry.lists import is_list, title
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

FORMAT = 1
GOOD_FOR_DAYS = 31
"""A version may be used on the day it was obtained and 31 days after (16 CFR 310.4(b)(3)(iv))."""

DAY_S = 86_400.0


class Kind(StrEnum):
    """How a file of numbers is to be read, and what it means for the version before."""

    FULL = "full"
    """The FTC's full list: replaces the version before."""
    CHANGES = "changes"
    """The FTC's change list: additions and deletions to the version before."""
    STATE = "state"
    """Any text with numbers in it: replaces the version before."""
    DEMO = "demo"


class SourceFile(Struct, frozen=True):
    """One file that the version was made of."""

    name: str
    sha256: str
    kind: Kind
    obtained: date
    rows: int
    """Numbers read, those that came twice counted twice."""
    additions: int = 0
    deletions: int = 0
    """Of change lists: records of either sort."""
    passed_over: int = 0
    """Of states' lists: lines without a number."""
    first_passed_over: int = 0
    last_passed_over: int = 0
    """Which lines these are, counted from 1."""


class Stamp(Struct, frozen=True):
    """The bit file as it was left."""

    size: int
    mtime_ns: int
    inode: int


class Header(Struct, frozen=True):
    """One version of one list."""

    list: str
    version: int
    """Counts up from 1 with each import of this list."""
    kind: Kind
    """Of the latest import."""
    san: str | None
    """Subscription account number, under which the list was obtained."""
    obtained: date
    everywhere: bool
    """It does not go by area codes: a number that is not on it is not listed, whatever its area code."""
    counts: dict[int, int]
    """Area codes covered, each with the numbers listed in it. A state's list: those that have any."""
    sources: tuple[SourceFile, ...]
    """The full list first, then the change lists in the order in which they were applied."""
    sha256: str
    """Of the bit file's content, see ``bits.Survey``."""
    stamp: Stamp
    format: int = FORMAT
    damaged: bool = False
    """The content was found to be another than was imported: nobody asks this version any more."""

    @property
    def demo(self) -> bool:
        return self.kind is Kind.DEMO

    @property
    def numbers(self) -> int:
        """How many are listed."""
        return sum(self.counts.values())

    @property
    def rows(self) -> int:
        """How many were read, over all sources."""
        return sum(source.rows for source in self.sources)

    @property
    def deletions(self) -> int:
        return sum(source.deletions for source in self.sources)

    @property
    def title(self) -> str:
        """The list in a sentence, behind "the"; says when it is a demonstration."""
        return f"DEMO {title(self.list)}" if self.demo else title(self.list)

    @property
    def too_old_from(self) -> float:
        """The instant (POSIX seconds) from which it may not be used: 32 days after the beginning of its date, UTC.

        A day in UTC is over before it is over anywhere in the United States, so this is the stricter reading.
        """
        return midnight(self.obtained) + (GOOD_FOR_DAYS + 1) * DAY_S

    def age_days(self, at: float) -> int:
        """Whole days since the date obtained, in UTC; negative if that lies ahead."""
        return int((at - midnight(self.obtained)) // DAY_S)


class _Sealed(Struct, frozen=True):
    header: msgspec.Raw
    sha256: str


def midnight(day: date) -> float:
    """The beginning of a day in UTC, POSIX seconds."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def last_day(header: Header) -> date:
    """The last day (UTC) on which the version may be used."""
    return header.obtained + timedelta(days=GOOD_FOR_DAYS)


def encode_header(header: Header) -> bytes:
    """The sealed header, as it is written."""
    raw = msgspec.json.encode(header)
    sealed = _Sealed(header=msgspec.Raw(raw), sha256=hashlib.sha256(raw).hexdigest())
    return msgspec.json.encode(sealed) + b"\n"


def decode_header(content: bytes, path: Path) -> Header:
    """Read a sealed header. Raises ``Problem`` for one that is damaged, was edited, or is newer than this program."""
    try:
        sealed = msgspec.json.decode(content, type=_Sealed)
        raw = bytes(sealed.header)
        if hashlib.sha256(raw).hexdigest() != sealed.sha256:
            raise msgspec.ValidationError("its checksum is wrong")
        if msgspec.json.decode(raw, type=_Versioned).format > FORMAT:
            raise Problem(
                f"{path.name} was written by a newer dialconsole. Install that version, or import the list again.",
                code="registry_unreadable",
            )
        header = msgspec.json.decode(raw, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(path, safe_text(str(error))) from error
    if not is_list(header.list) or header.list != path.stem:
        raise _damaged(path, f"it belongs to the list {safe_text(header.list, 40)!r}")
    return header


class _Versioned(Struct):
    format: int


def _damaged(path: Path, why: str) -> Problem:
    return Problem(
        f"{path.name} is damaged ({why}), so it is not known what the list covers. Import the list again.",
        code="registry_unreadable",
    )
