"""Which columns fit, where they stand, and how text is cut to them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from dialconsole.console.render.cell import Column, fit_text
from dialconsole.console.widgets.live_table.columns import GAP, GUTTER, fit_columns
from dialconsole.console.widgets.live_table.paint import wrapped

COLUMNS = (
    Column("state", "STATE", 8),
    Column("trunk", "TRUNK", 6, priority=2),
    Column("name", "NAME", 10, grow=2),
    Column("try", "TRY", 3, priority=1),
    Column("now", "NOW", 5, grow=1),
)


def keys_in(width: int) -> list[str]:
    return [COLUMNS[slot.column].key for slot in fit_columns(COLUMNS, width)]


def test_the_least_important_columns_go_first() -> None:
    """Columns leave in the order of their priority numbers, the highest first, and the others close up."""
    assert keys_in(60) == ["state", "trunk", "name", "try", "now"]
    assert keys_in(40) == ["state", "name", "try", "now"]
    assert keys_in(30) == ["state", "name", "now"]
    slots = fit_columns(COLUMNS, 30)
    assert [slot.x for slot in slots] == [1, 11, 25]


def test_spare_width_is_shared_by_grow() -> None:
    """What is left goes to the columns that grow, in their proportion, down to the last cell."""
    slots = fit_columns(COLUMNS, 60)
    assert [slot.width for slot in slots] == [8, 6, 10 + 13, 3, 5 + 6]
    assert slots[-1].x + slots[-1].width == 60


def test_one_column_always_stays() -> None:
    """In a place too narrow for anything the first column is narrowed, not dropped."""
    assert [(slot.column, slot.width) for slot in fit_columns(COLUMNS, 5)] == [(0, 4)]
    assert [slot.width for slot in fit_columns(COLUMNS, 0)] == [0]


@given(st.integers(0, 200))
@settings(max_examples=80, deadline=None)
def test_columns_never_overlap_or_leave_the_line(width: int) -> None:
    """Slots lie behind one another with their gap, and end within the width."""
    end = GUTTER - GAP
    for slot in fit_columns(COLUMNS, width):
        assert slot.x == end + GAP
        end = slot.x + slot.width
    assert end <= max(width, GUTTER)


@given(st.text(max_size=60), st.integers(0, 30), st.sampled_from(["left", "right", "center"]))
@settings(max_examples=300, deadline=None)
def test_text_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    """Whatever the text, what is drawn fills its cells exactly and steers no terminal."""
    fitted = fit_text(text, width, align)
    assert cell_len(fitted) == width
    assert "\x1b" not in fitted
    assert "\n" not in fitted


def test_text_is_aligned() -> None:
    """Spare cells stand where the alignment puts them."""
    assert fit_text("ab", 5) == "ab   "
    assert fit_text("ab", 5, "right") == "   ab"
    assert fit_text("ab", 5, "center") == " ab  "


def test_a_cut_is_marked_and_keeps_words_whole_where_it_can() -> None:
    """Text is cut between words if that keeps half of the room, else within one, always with an ellipsis."""
    assert fit_text("Ana María López", 11) == "Ana María… "
    assert fit_text("Ana María", 5) == "Ana… "
    assert fit_text("Bartholomew", 6) == "Barth…"
    assert fit_text("O Bartholomew", 8) == "O Barth…"


def test_a_wide_character_is_kept_whole_or_left_out() -> None:
    """A character of two cells that would be halved leaves a space instead."""
    assert fit_text("日本語", 6) == "日本語"
    assert fit_text("日本語", 5) == "日本…"
    assert fit_text("日本語", 4) == "日… "


def test_a_joined_emoji_is_not_taken_apart() -> None:
    """A family made of three people is one glyph; it is there or it is not."""
    family = "👩\u200d👩\u200d👧"
    assert fit_text(f"{family} Meyer", 5) in (f"{family}…  ", f"{family} M…")
    assert fit_text(f"{family}abc", 2) == "… "


def test_words_wrap_between_words() -> None:
    """The empty text wraps between words and is never cut inside one that fits."""
    assert wrapped("nothing here yet, press c", 12) == ["nothing here", "yet, press c"]
    assert wrapped("", 12) == []
