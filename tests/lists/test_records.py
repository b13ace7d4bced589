"""Records with their lines, whatever the text holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.records import (
    MAX_CHARS,
    MAX_LINES,
    Breakage,
    Record,
    Records,
    _line_by_line,
    read_blocks,
    read_records,
)
from dialconsole.lists.table import Table


def records(text: str, delimiter: str = ",") -> list[Record]:
    return list(read_records(io.StringIO(text, newline=""), delimiter))


def test_a_record_has_the_line_it_starts_on() -> None:
    """Line breaks inside quotation marks count, blank lines too, and CR, LF and CRLF are one line break each."""
    read = records('a,b\r\n"x\ny",1\n\n2,3\r4,5')
    assert [(r.line, r.cells) for r in read] == [
        (1, ["a", "b"]),
        (2, ["x\ny", "1"]),
        (4, []),
        (5, ["2", "3"]),
        (6, ["4", "5"]),
    ]


def test_quotation_marks_may_follow_a_space() -> None:
    """A space behind the delimiter does not turn a quoted cell into two."""
    assert records('1, "Smith, Ann"')[0].cells == ["1", "Smith, Ann"]


def test_an_unclosed_quotation_mark_costs_only_its_own_line() -> None:
    """The rows behind it are read as rows, not as the rest of its cell."""
    read = records('1,a\n2,"b\n3,c\n4,d\n')
    assert [(r.line, r.broken) for r in read] == [(1, None), (2, Breakage.UNCLOSED_QUOTE), (3, None), (4, None)]
    assert read[1].cells[0] == "2"
    assert read[2].cells == ["3", "c"]


def test_a_quoted_cell_may_not_take_the_rest_of_the_file() -> None:
    """A quotation mark that is closed only far below is taken for a slip, too."""
    rows = "".join(f"{i},x\n" for i in range(MAX_LINES + 10))
    read = records(f'0,"open\n{rows}')
    assert read[0].broken is Breakage.UNCLOSED_QUOTE
    assert [r.line for r in read] == list(range(1, MAX_LINES + 12))
    assert not any(r.broken for r in read[1:])


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_an_endless_line_is_one_broken_record(ending: str) -> None:
    """A line of any length is cut, reported once, and does not move the lines behind it."""
    read = records("a,b\n" + "x" * (3 * MAX_CHARS) + ending + ("c,d\n" if ending else ""))
    assert read[1].line == 2
    assert read[1].broken is Breakage.TOO_LONG
    assert len("".join(read[1].cells)) <= MAX_CHARS
    assert [(r.line, r.cells) for r in read[2:]] == ([(3, ["c", "d"])] if ending else [])


CELLS = st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=8)


@given(CELLS, st.sampled_from(",;\t|"))
@settings(max_examples=300, deadline=None)
def test_what_csv_wrote_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    """Any cells that Python's own writer quotes come back, but for spaces before them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [r.cells for r in records(text.getvalue(), delimiter)] == rows


@given(st.text(st.sampled_from('ab,"\r\n\x00 ;'), max_size=120), st.integers(1, 60))
@settings(max_examples=1000, deadline=None)
def test_blocks_are_parsed_as_lines_are(text: str, block: int) -> None:
    """Wherever a block happens to end, the records are those of reading line by line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dialconsole.lists.records._BLOCK", block)
        read = records(text)
    assert read == list(_line_by_line(io.StringIO(text, newline=""), ",", 1))


@given(st.text(st.sampled_from('a, \r\n\x00"'), max_size=60), st.integers(1, 40), st.integers(2, 3), st.booleans())
@settings(max_examples=1000, deadline=None)
def test_a_table_is_what_the_parser_finds(text: str, block: int, width: int, plain: bool) -> None:
    """Whether a block is only cut at its delimiters or parsed, its records are the same, with the same lines."""
    if plain:
        text = "".join(f"{cell},b\n" if width == 2 else f"{cell},b,\r\n" for cell in text.split(","))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dialconsole.lists.records._BLOCK", block)
        found = list(read_blocks(io.StringIO(text, newline=""), ",", width))
    assert flat(found) == list(_line_by_line(io.StringIO(text, newline=""), ",", 1))


def flat(found: Iterable[Table | Records | Record]) -> list[Record]:
    rows: list[Record] = []
    for one in found:
        if isinstance(one, Record):
            rows.append(one)
        else:
            rows += map(Record, one.lines, one.rows)
    return rows


@given(st.text(st.sampled_from('ab,"\r\n\x00 ;'), max_size=80))
@settings(max_examples=500, deadline=None)
def test_no_text_raises_and_no_line_is_lost(text: str) -> None:
    """Records start on rising lines within the text, and every letter of it is in some record."""
    read = records(text)
    lines = [r.line for r in read]
    assert lines == sorted(set(lines))
    assert len(lines) <= text.count("\n") + text.count("\r") + 1
    letters = sum(cell.count("a") for r in read for cell in r.cells)
    assert letters == text.count("a")
