"""What becomes of text from outside before anybody sees it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.model.text import MAX_TEXT, safe_cell, safe_text

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x00\r\n\t\u202e\u2066\u200d\u0301\u0335\ufe0f\u2028\x85= +-@＝a1é👨"),
    ),
    max_size=1200,
)


@given(NASTY, st.integers(1, 250))
@settings(max_examples=300, deadline=None)
def test_nothing_that_steers_is_left(text: str, limit: int) -> None:
    """No control, format, bidi or unassigned character survives, and the limit holds."""
    safe = safe_text(text, limit)
    assert len(safe) <= limit
    assert not [c for c in safe if unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert not [c for c in safe if unicodedata.category(c) == "Cf" and c != "\u200d"]
    assert safe == safe.strip()


@given(NASTY)
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Text that passes two borders looks as if it had passed one."""
    assert safe_text(safe_text(text)) == safe_text(text)


@given(NASTY)
@settings(max_examples=200, deadline=None)
def test_marks_do_not_pile_up(text: str) -> None:
    """At most two combining marks follow a character, whatever stands between them in the source; none come first."""
    marks = 2
    for char in safe_text(text):
        if unicodedata.category(char) in {"Mn", "Me"}:
            marks += 1
            assert marks <= 2
        elif char != "\u200d":
            marks = 0


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b]52;c;ZXZpbA==\x07Carla", "]52;c;ZXZpbA==Carla"),
        ("\x9b31mFay\x9c", "31mFay"),
        ("Jo\u202e4310", "Jo4310"),
        ("one\ntwo\r\nthree\tfour\u2028five\x85six", "one two  three four five six"),
        ("  [/bold] ", "[/bold]"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("Max\u200d\u200d\u200d", "Max"),
        ("a\u200d \u200db", "a b"),
        ("L" + "\u0335" * 9 + "\u200d" + "\u0335" * 9 + "iz", "L\u0335\u0335iz"),
        ("\u0301\u0301x", "x"),
        ("Nguyễn Thị Hồng", "Nguyễn Thị Hồng"),
        ("क्\u200dष", "क्\u200dष"),
        ("\ud800lone", "lone"),
        ("", ""),
    ],
)
def test_known_nasty_texts(text: str, safe: str) -> None:
    """Escape bytes, overrides and piled marks go; words, scripts and family emoji stay."""
    assert safe_text(text) == safe


def test_a_cut_is_marked() -> None:
    """A long text ends with an ellipsis, also when the part that was looked at would have fitted."""
    assert safe_text("x" * 300) == "x" * (MAX_TEXT - 1) + "…"
    assert safe_text("x" * MAX_TEXT) == "x" * MAX_TEXT
    assert safe_text("ab" + "\x00" * 5000 + "cd") == "ab…"


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_formulas_are_quoted(start: str) -> None:
    """Every start of a formula gets an apostrophe, also behind spaces that some spreadsheets trim."""
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(f"  {start}1+1") == f"'  {start}1+1"


@pytest.mark.parametrize("value", ["", "Ann", "1-2", "a=b", "'=1"])
def test_other_cells_stay(value: str) -> None:
    """What is no formula is written as it is."""
    assert safe_cell(value) == value
