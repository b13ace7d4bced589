"""Records of a CSV text, each with the line it starts on, in bounded memory whatever the text holds.

``csv.reader`` does the parsing; this module feeds it. Two things go wrong in real files and are not reported by it: a
quotation mark that is never closed swallows every row up to the next one (or the end of the file), and a "line" may
be the whole file. So a record may take ``MAX_LINES`` lines and ``MAX_CHARS`` characters; the first line of one that
wants more is handed out as broken, and reading goes on *behind that line*. No row is lost to another row's fault.

Watching each line in Python costs as much as the parsing. So text is parsed in blocks until a record is out of the
ordinary (too long, or still open at the end of the file), and line by line from that block on. A block in which
nothing needs a parser (no quotation mark, as many delimiters in each line as in the header) may be had as a ``Table``,
cut at its delimiters in a fifth of the time; a test compares the two.

Rejected: raising ``csv.field_size_limit``, which is a setting of the whole process (``MAX_CHARS`` stays below its
default instead), and ``strict=True``, which refuses half of what spreadsheets write.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from enum import StrEnum
from io import StringIO
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from dialconsole.lists.table import Table

MAX_LINES = 100
"""Lines of one record: far more than any address or note with line breaks has."""

MAX_CHARS = 100_000
"""Characters of one record."""


class Breakage(StrEnum):
    UNCLOSED_QUOTE = "unclosed_quote"
    TOO_LONG = "too_long"


class Record(NamedTuple):
    line: int
    """Line on which it starts, from 1."""
    cells: list[str]
    broken: Breakage | None = None
    """Then ``cells`` is what the first line alone gives, for a person to recognise the row."""


class Records(NamedTuple):
    """Records of which none is broken."""

    lines: list[int]
    rows: list[list[str]]

    def behind(self, line: int) -> Records:
        """Those that start on ``line`` or below."""
        start = bisect_left(self.lines, line)
        return Records(self.lines[start:], self.rows[start:]) if start else self


class LineSource(Protocol):
    """A text file opened with ``newline=""``, or anything that reads lines likewise."""

    def read(self, size: int = -1, /) -> str: ...

    def readline(self, size: int = -1, /) -> str: ...


_BLOCK = 65_536
"""Characters parsed at once."""

_END = "\0end of the block\0"
"""Given to the parser as a line behind a block: it comes back alone unless a record was still open."""

_AT_ONCE = MAX_CHARS + 1
"""Characters asked for: one more than a record may have tells that a line is too long."""


def _ends_line(part: str) -> bool:
    """A CR that ends a full read may be half of a CRLF, whose LF would count as a line of its own."""
    return part.endswith("\n") or (part.endswith("\r") and len(part) < _AT_ONCE)


class _Broken(Exception):
    """Raised through ``csv.reader``, which forgets its half-read record and can go on."""


class _Feed:
    """Hands lines to ``csv.reader``; keeps those of the current record, so that they can be taken back."""

    def __init__(self, source: LineSource) -> None:
        self._source = source
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            if self.taken:
                raise _Broken
            raise StopIteration
        self.taken.append(line)
        self._chars += len(line)
        if self._chars > MAX_CHARS or len(self.taken) > MAX_LINES:
            raise _Broken
        return line

    def _read(self) -> str:
        line = part = self._source.readline(_AT_ONCE)
        while part and not _ends_line(part):  # the rest of an over-long line: only its end matters
            part = self._source.readline(_AT_ONCE)
        return line

    def next_record(self) -> None:
        self.taken.clear()
        self._chars = 0

    def give_back(self) -> str:
        """Take back all lines of the current record but the first, which is returned."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first


class _Behind:
    """A block that was taken, and the source behind it."""

    def __init__(self, block: str, source: LineSource) -> None:
        self._block = StringIO(block, newline="")
        self._source = source

    def read(self, size: int = -1, /) -> str:
        return self._block.read(size) or self._source.read(size)

    def readline(self, size: int = -1, /) -> str:
        return self._block.readline(size) or self._source.readline(size)


def read_records(source: LineSource, delimiter: str) -> Iterator[Record]:
    """Every record, blank ones too. Raises nothing but what ``source`` raises."""
    for found in read_blocks(source, delimiter):
        if isinstance(found, Record):
            yield found
        else:
            yield from map(Record, found.lines, found.rows)


def read_blocks(source: LineSource, delimiter: str, width: int = 0) -> Iterator[Table | Records | Record]:
    """The same, many at once as long as none is out of the ordinary.

    With a ``width``, blocks whose rows all have so many cells come as tables where that is possible.
    """
    line, open_record = 1, ""
    while block := _whole_lines(source):
        if width and not open_record and len(block) <= MAX_CHARS and (table := _cut(block, delimiter, width, line)):
            yield table
            line += len(table)
            continue
        block = open_record + block
        found = _parse(block, delimiter) if len(block) <= MAX_CHARS else None
        if found is None:
            open_record = block
            break
        rows, starts, open_record = found
        yield Records([line + start for start in starts[: len(rows)]], rows)
        line += starts[len(rows)]
    if open_record:
        yield from _line_by_line(_Behind(open_record, source), delimiter, line)


def _whole_lines(source: LineSource) -> str:
    block = source.read(_BLOCK)
    return block if block.endswith("\n") or not block else block + source.readline(_AT_ONCE)


def _cut(block: str, delimiter: str, width: int, line: int) -> Table | None:
    from dialconsole.lists.table import cut  # and with it numpy, which a short list can do without

    return cut(block, delimiter, width, line)


def _parse(block: str, delimiter: str) -> tuple[list[list[str]], Sequence[int], str] | None:
    """The records that end in the block, the lines before each and before what is left, and the text of that.

    ``None`` if one of them has too many lines.
    """
    reader = csv.reader(chain(StringIO(block, newline=""), (_END,)), delimiter=delimiter, skipinitialspace=True)
    rows = list(reader)
    if reader.line_num == len(rows):  # each on a line of its own, and the end too
        return rows[:-1], range(len(rows)), ""
    reader = csv.reader(chain(StringIO(block, newline=""), (_END,)), delimiter=delimiter, skipinitialspace=True)
    starts = [0, *(reader.line_num for _ in reader)][:-1]
    if any(end - start > MAX_LINES for start, end in pairwise(starts)):
        return None
    del rows[-1]
    if reader.line_num - starts[-1] == 1:  # the end alone
        return rows, starts, ""
    return rows, starts, "".join(islice(StringIO(block, newline=""), starts[-1], None))


def _line_by_line(source: LineSource, delimiter: str, line: int) -> Iterator[Record]:
    feed = _Feed(source)
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True)
    while True:
        feed.next_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _Broken:
            first = feed.give_back()
            breakage = Breakage.TOO_LONG if len(first) > MAX_CHARS else Breakage.UNCLOSED_QUOTE
            yield Record(line, first[:MAX_CHARS].split(delimiter), breakage)
            line += 1
        else:
            yield Record(line, cells)
            line += len(feed.taken)
