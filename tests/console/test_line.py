"""Lines of text in roles: widths hold, and no word is cut."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dialconsole.console.render.cell import Cell
from dialconsole.console.render.line import Line, first_fitting, rule, spread, whole_words, wrap

TEXT = st.text(alphabet="abcdefgh  ,é漢字", max_size=80)


@given(text=TEXT, width=st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_whole_words_never_exceeds_its_width(text: str, width: int) -> None:
    """Whatever stands in the text, also characters of two cells."""
    assert cell_len(whole_words(text, width)) <= width


@given(words=st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=12), width=st.integers(8, 40))
@settings(max_examples=200, deadline=None)
def test_whole_words_keeps_words_whole(words: list[str], width: int) -> None:
    """What is kept is a run of the first words; the rest is an ellipsis."""
    cut = whole_words(" ".join(words), width)
    assert cut.removesuffix("…").split(" ") == words[: len(cut.removesuffix("…").split(" "))]


@given(text=TEXT, width=st.integers(2, 60))
@settings(max_examples=200, deadline=None)
def test_wrap_loses_nothing_and_fits(text: str, width: int) -> None:
    """Every character but blanks is there, in order, in lines that fit."""
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_wrap_ends_in_an_ellipsis_past_its_lines() -> None:
    """Two lines, and a sign that there was more."""
    assert wrap("one two three four five six", 10, 2) == ["one two", "three…"]


def test_columns_are_as_wide_as_they_say() -> None:
    """Left and right, cut between words."""
    line = Line().column("reminders", 12).column("7", 4, align="right").column("before eight o'clock", 12)
    assert line.text == "reminders      7before…     "


def test_a_line_remembers_its_roles() -> None:
    """Cells, not styles."""
    assert Line("a", "dim").add("b").cells == [Cell("a", "dim"), Cell("b", "")]


def test_spread_puts_groups_at_both_ends_and_between() -> None:
    """Exactly as wide as asked."""
    line = spread(20, Line("left"), Line("mid"), Line("right"))
    assert line.text == "left    mid    right"


def test_rule_carries_its_titles_at_their_columns() -> None:
    """Strokes everywhere else; a title that does not fit is left out."""
    assert rule(20, [(1, "ONE", ""), (10, "TWO", ""), (19, "GONE", "")], "─").text == " ONE ──── TWO ──────"


def test_first_fitting_takes_the_fullest_that_fits() -> None:
    """And cuts the tersest if none does."""
    assert first_fitting(["a long sentence", "a word"], 8) == "a word"
    assert first_fitting(["a long sentence", "some words"], 6) == "some…"
