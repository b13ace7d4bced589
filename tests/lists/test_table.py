"""Rows as bytes: nothing of a cell is lost, whatever it holds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.memory import NOTHING, Answers, Memory
from dialconsole.lists.table import cut, of_rows

CELL = st.text(st.sampled_from("ab é用\n,"), max_size=12)


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1)))
@settings(deadline=None)
def test_a_table_gives_back_its_rows(rows: list[list[str]]) -> None:
    """By row, by column, in part, and as words that differ where the cells do."""
    table = of_rows(range(1, len(rows) + 1), rows)
    assert table is not None
    assert table.rows == rows
    assert [table.cells(i) for i in range(len(rows[0]))] == list(map(list, zip(*rows, strict=True)))
    odd = table.only(np.arange(len(rows)) % 2 == 1)
    assert (odd.rows, list(odd.lines)) == (rows[1::2], list(range(2, len(rows) + 1, 2)))
    assert table.behind(3).rows == rows[2:]
    keys, whole = table.keys(range(len(rows[0])), [16] * len(rows[0]))
    assert whole.tolist() == [all(len(cell.encode()) <= 16 for cell in cells) for cells in rows]
    seen: dict[bytes, list[str]] = {}
    for key, fits, cells in zip(keys, whole, rows, strict=True):
        if fits:
            assert seen.setdefault(key.tobytes(), cells) == cells


def test_what_stands_for_an_end_is_no_table() -> None:
    """A cell with one of the bytes that part cells here, or with a zero, is left to others."""
    assert of_rows([1], [["a\x1fb", "c"]]) is None
    assert of_rows([1], [["a\x1eb", "c"]]) is None
    assert of_rows([1], [["a\0b", "c"]]) is None
    assert of_rows([1], [["a\ud83d", "c"]]) is None
    assert of_rows([], []) is None


def test_plain_text_is_cut() -> None:
    """Rows of the header's width, without quotation marks; the last line break may be missing."""
    table = cut("phone,name\r\n1,Ana\r\n2,Bo", ",", 2, 7)
    assert table is not None
    assert (list(table.lines), table.rows) == ([7, 8, 9], [["phone", "name"], ["1", "Ana"], ["2", "Bo"]])
    for text in ('1,"Ana"\n', "1,Ana,\n", "1\n", "1, Ana\n", " 1,Ana\n", "1,A\rna\n", "1,2\n\n", "1,2,3\n4\n"):
        assert cut(text, ",", 2, 1) is None


@given(st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), max_size=60), st.sampled_from([4, 16, 64]))
@settings(deadline=None)
def test_a_memory_is_a_dictionary(keys: list[list[int]], most: int) -> None:
    """Found is what was added, and nothing else; when it is full, nothing is taken any more."""
    memory, known = Memory(2, most), dict[tuple[int, ...], int]()
    for key in keys:
        words = np.array([key], np.uint64)
        assert memory.find(words).tolist() == [known.get(tuple(key), NOTHING)]
        (entry,) = memory.add(words)
        if tuple(key) not in known and len(known) < most:
            known[tuple(key)] = len(known) + 1
        assert entry == known.get(tuple(key), NOTHING)
    if keys:
        assert memory.find(np.array(keys, np.uint64)).tolist() == [known.get(tuple(key), NOTHING) for key in keys]


def test_each_key_is_asked_about_once() -> None:
    """Unless it is not known for sure or there is no room: then every time."""
    answers, asked = Answers[str](1, 2), list[int]()

    def ask(place: int) -> str:
        asked.append(place)
        return "abcabc"[place]

    keys, known = np.array([[7], [8], [7], [7], [8], [9]], np.uint64), np.array([True] * 4 + [False, True])
    assert answers.of(keys, known, ask) == ["a", "b", "a", "a", "b", "c"]
    assert asked == [0, 1, 4, 5]
    assert answers.of(keys[:2], known[:2], ask) == ["a", "b"]
    assert len(asked) == 4
