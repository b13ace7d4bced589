"""The live table as an operator meets it: keys, mouse, and a list that changes while somebody looks at it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.pilot import Pilot

from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.themes import load_theme, theme_variable_defaults
from dialconsole.console.widgets.live_table import LiveTable

COLUMNS = (
    Column("id", "CALL", 6),
    Column("name", "NAME", 10, grow=1),
    Column("for", "FOR", 5, align="right"),
)


class Painted(LiveTable):
    """A table that remembers which rows were rendered and which regions were repainted."""

    def __init__(self, *, empty: str = "nothing here", ascii_only: bool = False) -> None:
        super().__init__(COLUMNS, self._render_cells, empty=empty, id="table", ascii_only=ascii_only)
        self.rendered: list[str] = []
        self.regions: list[Region] = []
        self.everything = 0

    def _render_cells(self, row_id: str, row: Any, now: float) -> tuple[Cell, ...]:
        self.rendered.append(row_id)
        return Cell(row_id, "state-talking"), Cell(str(row)), Cell(f"{now:.0f}")

    def refresh(self, *regions: Region, **how: Any) -> Painted:
        if hasattr(self, "regions"):
            self.regions.extend(regions)
            self.everything += not regions
        super().refresh(*regions, **how)
        return self

    def forget(self) -> None:
        self.rendered.clear()
        self.regions.clear()
        self.everything = 0


class Console(App[None]):
    def __init__(self, table: Painted) -> None:
        super().__init__()
        self.table = table
        self.heard: list[tuple[str, str]] = []
        for name in ("dark", "mono"):
            self.register_theme(load_theme(name))
        self.theme = "dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variable_defaults()

    def compose(self) -> ComposeResult:
        yield self.table

    def on_live_table_row_highlighted(self, message: LiveTable.RowHighlighted) -> None:
        assert message.control is self.table
        self.heard.append(("highlighted", message.row_id))

    def on_live_table_row_selected(self, message: LiveTable.RowSelected) -> None:
        self.heard.append(("selected", message.row_id))


@asynccontextmanager
async def a_table(
    rows: Iterable[tuple[str, Any]] = (), *, size: tuple[int, int] = (40, 8), **how: Any
) -> AsyncIterator[tuple[Painted, Pilot[None], Console]]:
    """A table in an app, with these rows, painted and settled."""
    app = Console(Painted(**how))
    async with app.run_test(size=size) as pilot:
        for row_id, row in rows:
            app.table.put(row_id, row)
        app.table.flush(0)
        await pilot.pause()
        app.table.forget()
        yield app.table, pilot, app


def some(count: int) -> list[tuple[str, Any]]:
    return [(f"r{n}", n) for n in range(count)]


def by_row(row_id: str, row: Any) -> Any:
    return row


def screen(table: LiveTable) -> list[str]:
    """What stands on the screen: lines that were not marked for repainting are still the old ones here."""
    return [strip.text.rstrip() for strip in table.render_lines(table.size.region)]


def wheel_down(table: LiveTable) -> MouseScrollDown:
    return MouseScrollDown(
        table, x=3, y=3, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False, screen_x=3, screen_y=3
    )


def line_of(table: LiveTable, row_id: str) -> int:
    """The screen line of a row, the first below the header being 0."""
    return table.visible_ids().index(row_id)


# -- what is shown --------------------------------------------------------------------------------------------------


async def test_rows_stand_below_their_titles() -> None:
    """A header, then each row in its columns, the cursor's row with a mark in the gutter."""
    async with a_table(some(2)) as (table, _, _):
        assert screen(table)[:4] == [
            " CALL    NAME                       FOR",
            "▸r0      0                            0",
            " r1      1                            0",
            "",
        ]


async def test_an_empty_table_says_what_would_fill_it() -> None:
    """Without rows the empty text stands in the middle, in whole words; with the first row it goes."""
    text = "No calls. `c` creates a campaign from a list"
    async with a_table(size=(30, 8), empty=text) as (table, pilot, _):
        assert [line.strip() for line in screen(table)[3:6]] == ["No calls. `c` creates a", "campaign from a list", ""]
        table.put("a", 1)
        table.flush(0)
        await pilot.pause()
        assert "No calls" not in "".join(screen(table))
        table.discard("a")
        table.cursor_id = None
        table.flush(0)
        table.empty = "gone"
        await pilot.pause()
        assert "gone" in "".join(screen(table))


async def test_nothing_is_painted_before_the_flush() -> None:
    """Put and discard only remember: no row is rendered, counted or repainted until the app flushes."""
    async with a_table(some(1)) as (table, pilot, _):
        table.put("new", 1)
        table.discard("r0")
        await pilot.pause()
        assert (table.rendered, table.regions, table.row_count) == ([], [], 1)
        assert table.get("new") == 1
        assert table.get("r0") is None


async def test_only_visible_rows_are_ever_rendered() -> None:
    """100,000 rows under change cost the rendering of those on the screen."""
    async with a_table(some(100_000), size=(40, 11)) as (table, pilot, _):
        assert table.row_count == 100_000
        for n in range(0, 100_000, 50):
            table.put(f"r{n}", -n)
        table.flush(1)
        await pilot.pause()
        assert set(table.rendered) <= set(table.visible_ids())
        await pilot.press("end")
        assert table.cursor_id == "r99999"
        assert table.visible_ids()[-1] == "r99999"
        assert len(set(table.rendered)) <= 20


async def test_only_cells_that_differ_are_repainted() -> None:
    """A changed row repaints the changed cell's region; a row put again as it was repaints nothing."""
    async with a_table(some(5)) as (table, _, _):
        table.put("r1", "new")
        table.put("r2", 2)
        table.flush(0)
        assert table.regions == [Region(9, 2, 23, 1)]
        assert table.everything == 0


@pytest.mark.parametrize("count", [0, 5])
async def test_a_flush_with_nothing_new_repaints_nothing(count: int) -> None:
    """Five flushes a second cost an idle table nothing, be it full or empty."""
    async with a_table(some(count)) as (table, _, _):
        table.empty = table.empty
        table.flush(1)
        assert (table.rendered, table.regions, table.everything) == ([], [], 0)


async def test_a_tick_repaints_durations_only() -> None:
    """Once a second the visible rows are rendered with the new time, and the cells that show it repainted."""
    async with a_table(some(30)) as (table, _, _):
        table.tick(1)
        assert {(region.x, region.width) for region in table.regions} == {(34, 5)}
        assert len(table.regions) == len(table.visible_ids()) == 7
        assert screen(table)[1].endswith(" 1")


async def test_markup_and_escapes_are_text() -> None:
    """Whatever a name says, it is drawn as it is, in its cells, and no byte of it steers the terminal."""
    hostile = "[/b][red]\x1b]52;c;aGk=\x07\x9b31m\u202e\nX"
    async with a_table([("a", hostile)]) as (table, _, _):
        line = table.render_line(1)
        assert line.cell_length == 39
        assert "[/b][red]" in line.text
        assert line.text.isprintable()


async def test_wide_characters_keep_the_columns_straight() -> None:
    """Names in characters of two cells are cut to their column, and what stands right of them stays in place."""
    async with a_table([("a", "日本語" * 10), ("b", "x")]) as (table, _, _):
        wide, plain = table.render_line(1), table.render_line(2)
        assert wide.cell_length == plain.cell_length == 39
        assert wide.crop(32, 39).text == plain.crop(32, 39).text
        assert "…" in wide.text


async def test_a_narrow_terminal_drops_columns_and_gets_them_back() -> None:
    """Resizing fits the columns anew; the cursor's row stays on the screen."""
    async with a_table(some(50), size=(40, 20)) as (table, pilot, _):
        table.cursor_id = "r18"
        await pilot.resize_terminal(20, 6)
        assert screen(table)[0] == " CALL    NAME"
        assert "r18" in table.visible_ids()
        await pilot.resize_terminal(40, 20)
        assert screen(table)[0].endswith("FOR")


async def test_ascii_marks_for_terminals_without_glyphs() -> None:
    """With ``ascii_only`` the table itself draws nothing outside ASCII."""
    async with a_table(some(2), ascii_only=True) as (table, _, _):
        table.sort_by(by_row, column="for", reverse=True)
        table.flush(0)
        assert screen(table)[0].endswith("FOR v")
        assert "".join(screen(table)).isascii()


# -- cursor -----------------------------------------------------------------------------------------------------------


async def test_keys_move_the_cursor() -> None:
    """Up, down, page and ends, never beyond the list; each move is announced, Enter selects."""
    async with a_table(some(30)) as (table, pilot, app):
        assert table.cursor_id == "r0"
        await pilot.press("down", "down", "up")
        assert table.cursor_id == "r1"
        await pilot.press("pagedown")
        assert table.cursor_id == "r7"
        await pilot.press("end", "down")
        assert (table.cursor_id, table.visible_ids()[-1]) == ("r29", "r29")
        await pilot.press("pageup")
        assert table.cursor_id == "r23"
        await pilot.press("home", "enter")
        assert app.heard[-2:] == [("highlighted", "r0"), ("selected", "r0")]


async def test_keys_do_nothing_in_an_empty_table() -> None:
    """There is no cursor without rows, and no key makes one or fails."""
    async with a_table() as (table, pilot, app):
        await pilot.press("down", "end", "pageup", "home", "enter")
        assert table.cursor_id is None
        assert app.heard == []


async def test_the_mouse_selects_and_scrolls() -> None:
    """A click puts the cursor on a row, a double click opens it, the wheel scrolls; the header is no row."""
    async with a_table(some(30)) as (table, pilot, app):
        await pilot.click(table, offset=(3, 4))
        assert table.cursor_id == "r3"
        await pilot.click(table, offset=(3, 0))
        assert table.cursor_id == "r3"
        await pilot.double_click(table, offset=(3, 2))
        assert app.heard[-1] == ("selected", "r1")
        table.post_message(wheel_down(table))
        await pilot.pause()
        await pilot.pause()
        assert table.visible_ids()[0] != "r0"
        assert table.cursor_id == "r1"


async def test_a_table_without_focus_gets_no_cursor_by_itself() -> None:
    """Until somebody comes to the table no row is marked, and new rows show at its top."""
    async with a_table(some(20)) as (table, pilot, app):
        app.set_focus(None)
        await pilot.pause()
        table.cursor_id = None
        table.sort_by(by_row, reverse=True)
        table.flush(0)
        table.put("new", 99)
        table.flush(0)
        assert (table.cursor_id, table.visible_ids()[0]) == (None, "new")
        table.focus()
        await pilot.pause()
        assert table.cursor_id == "new"


async def test_the_cursor_follows_its_row() -> None:
    """Rows come above and below, the cursor's row stays where it is on the screen, and nothing else is repainted."""
    async with a_table(some(30)) as (table, pilot, _):
        table.sort_by(by_row)
        table.cursor_id = "r3"
        table.flush(0)
        await pilot.pause()
        shown, line = table.visible_ids(), line_of(table, "r3")
        table.forget()
        for n in range(1, 40):
            table.put(f"above{n}", -n)
        table.flush(0)
        assert table.visible_ids() == shown
        assert (table.cursor_id, line_of(table, "r3")) == ("r3", line)
        assert (table.regions, table.everything) == ([], 0)
        await pilot.pause()
        assert screen(table)[1 + line].startswith("▸r3 ")


async def test_the_cursor_row_stays_in_place_when_it_moves_in_the_order() -> None:
    """A row that is sorted elsewhere takes the view with it."""
    async with a_table(some(60)) as (table, pilot, _):
        table.sort_by(by_row)
        table.cursor_id = "r3"
        table.flush(0)
        table.put("r3", 30.5)
        table.flush(0)
        await pilot.pause()
        assert table.visible_ids()[2:5] == ["r30", "r3", "r31"]


async def test_a_scrolled_table_without_its_cursor_on_screen_stands_still_too() -> None:
    """When the cursor is elsewhere the topmost row that remains holds the view."""
    async with a_table(some(60)) as (table, pilot, _):
        table.sort_by(by_row)
        table.flush(0)
        table.scroll_to(y=20, animate=False)
        await pilot.pause()
        table.put("above", -1)
        table.discard("r20")
        table.flush(0)
        assert table.visible_ids()[:3] == ["r19", "r21", "r22"]


async def test_a_row_discarded_under_the_cursor_stays_until_the_cursor_leaves() -> None:
    """No other row slips under the cursor: the gone row is dimmed, keeps its id, and goes when the cursor does."""
    async with a_table(some(5)) as (table, pilot, _):
        table.cursor_id = "r2"
        table.discard("r2")
        table.flush(0)
        await pilot.pause()
        assert (table.cursor_id, table.get("r2")) == ("r2", None)
        assert table.visible_ids() == ["r0", "r1", "r2", "r3", "r4"]
        assert color_at(table, 3, 1) == Color.parse(table.app.theme_variables["dim"])
        await pilot.press("down")
        table.flush(0)
        assert (table.cursor_id, table.visible_ids()) == ("r3", ["r0", "r1", "r3", "r4"])


async def test_a_row_that_comes_back_is_alive_again() -> None:
    """An id that is put again after it was discarded under the cursor is an ordinary row."""
    async with a_table(some(3)) as (table, pilot, _):
        table.discard("r0")
        table.flush(0)
        table.put("r0", "back")
        table.flush(0)
        await pilot.press("down")
        table.flush(0)
        assert table.visible_ids() == ["r0", "r1", "r2"]


async def test_an_unknown_cursor_id_changes_nothing() -> None:
    """A row that is gone cannot be pointed at; the cursor stays on what it was on."""
    async with a_table(some(3)) as (table, _, _):
        table.cursor_id = "r1"
        table.cursor_id = "elsewhere"
        assert table.cursor_id == "r1"


async def test_the_cursor_can_be_put_on_a_row_before_the_flush() -> None:
    """A row that was put a moment ago takes the cursor, and is scrolled to when it is listed."""
    async with a_table(some(40)) as (table, pilot, _):
        table.put("new", 1)
        table.cursor_id = "new"
        table.flush(0)
        await pilot.pause()
        assert table.visible_ids()[-1] == table.cursor_id == "new"


async def test_what_is_on_the_screen_is_what_would_be_painted_anew() -> None:
    """After any mix of changes, scrolling and keys, no line that was left alone is out of date."""
    dice = random.Random(7)
    async with a_table(some(40)) as (table, pilot, _):
        table.sort_by(by_row)
        for turn in range(25):
            for _ in range(dice.randrange(12)):
                row_id = f"r{dice.randrange(50)}"
                if dice.random() < 0.3:
                    table.discard(row_id)
                else:
                    table.put(row_id, dice.randrange(100))
            table.frozen = turn % 8 > 5
            table.flush(turn)
            await pilot.press(dice.choice(["up", "down", "pagedown", "pageup", "end", "home"]))
            assert screen(table) == [table.render_line(y).text.rstrip() for y in range(table.size.height)]
            assert table.cursor_id in table.visible_ids()


# -- frozen, filter, sort ---------------------------------------------------------------------------------------------


async def test_frozen_rows_stand_still() -> None:
    """While frozen nothing comes, moves or goes; new rows are counted, cells still change; then all catches up."""
    async with a_table(some(4)) as (table, pilot, _):
        table.sort_by(by_row)
        table.flush(0)
        table.frozen = True
        table.put("new", -1)
        table.put("r0", 50)
        table.discard("r3")
        table.flush(0)
        await pilot.pause()
        assert (table.visible_ids(), table.pending) == (["r0", "r1", "r2", "r3"], 1)
        assert "50" in screen(table)[1]
        table.frozen = False
        table.flush(0)
        assert (table.visible_ids(), table.pending) == (["new", "r1", "r2", "r0"], 0)


async def test_a_new_row_that_goes_while_frozen_is_not_counted() -> None:
    """``pending`` is what would come now, after the filter, not what came meanwhile."""
    async with a_table(some(2)) as (table, _, _):
        table.filter = lambda row_id, row: row != "no"
        table.frozen = True
        table.flush(0)
        for row_id, row in (("a", 1), ("b", 2), ("c", "no")):
            table.put(row_id, row)
        table.discard("b")
        table.flush(0)
        assert table.pending == 1


async def test_a_filter_lists_what_passes() -> None:
    """Rows come into and drop out of the list as they change; ``None`` lists all again, in their order of arrival."""
    async with a_table(some(6)) as (table, _, _):
        table.filter = lambda row_id, row: row % 2 == 1
        table.flush(0)
        assert (table.visible_ids(), table.row_count, table.cursor_id) == (["r1", "r3", "r5"], 3, "r1")
        table.put("r0", 7)
        table.put("r3", 8)
        table.flush(0)
        assert sorted(table.visible_ids()) == ["r0", "r1", "r5"]
        table.filter = None
        table.flush(0)
        assert table.visible_ids() == [f"r{n}" for n in range(6)]


async def test_a_row_that_stops_passing_under_the_cursor_stays_until_the_cursor_leaves() -> None:
    """A call that changes its state does not make another one slip under the cursor either."""
    async with a_table(some(5)) as (table, pilot, _):
        table.filter = lambda row_id, row: row != "talking"
        table.cursor_id = "r2"
        table.flush(0)
        table.put("r2", "talking")
        table.flush(0)
        assert (table.cursor_id, table.visible_ids()[2]) == ("r2", "r2")
        await pilot.press("up")
        table.flush(0)
        assert table.visible_ids() == ["r0", "r1", "r3", "r4"]


async def test_a_filter_that_hides_the_cursor_row_moves_it_to_the_nearest() -> None:
    """The operator asked for other rows: the cursor goes to the next one that is left, or nowhere."""
    async with a_table(some(5)) as (table, _, _):
        table.cursor_id = "r2"
        table.filter = lambda row_id, row: row > 3
        table.flush(0)
        assert table.cursor_id == "r4"
        table.filter = lambda row_id, row: False
        table.flush(0)
        assert table.cursor_id is None


async def test_a_filter_set_while_frozen_takes_effect() -> None:
    """Freezing is against surprises; what the operator types is none."""
    async with a_table(some(4)) as (table, _, _):
        table.frozen = True
        table.put("r9", 9)
        table.filter = lambda row_id, row: row > 2
        table.flush(0)
        assert (table.visible_ids(), table.pending) == (["r3", "r9"], 0)


async def test_sorting_marks_its_column_and_keeps_the_cursor() -> None:
    """The header shows by what and which way; the cursor stays on its row, and the row on its line."""
    async with a_table(some(30)) as (table, pilot, _):
        table.cursor_id = "r5"
        table.sort_by(by_row, column="for", reverse=True)
        table.flush(0)
        await pilot.pause()
        assert screen(table)[0].endswith("FOR ▼")
        assert (table.cursor_id, line_of(table, "r5")) == ("r5", 5)
        assert table.visible_ids()[4] == "r6"
        table.sort_key = by_row
        table.flush(0)
        assert "▼" not in screen(table)[0]
        assert table.sort_key is by_row


async def test_replacing_all_rows_keeps_the_cursor_if_its_row_is_there() -> None:
    """A new snapshot after a lost connection: the cursor stays on its id, or goes to what is nearest."""
    async with a_table(some(5)) as (table, _, _):
        table.cursor_id = "r3"
        table.replace_all([("r4", 4), ("r3", "new"), ("r9", 9)])
        table.flush(0)
        assert (table.visible_ids(), table.cursor_id, table.get("r3")) == (["r4", "r3", "r9"], "r3", "new")
        table.replace_all([("r4", 4), ("r7", 7)])
        table.flush(0)
        assert (table.visible_ids(), table.cursor_id, table.get("r3")) == (["r4", "r7"], "r4", None)


async def test_replacing_all_rows_while_frozen_moves_nothing() -> None:
    """A reconnect does not break a freeze: rows that are gone stay, dimmed, and new ones wait."""
    async with a_table(some(3)) as (table, _, _):
        table.frozen = True
        table.replace_all([("r1", 1), ("r9", 9)])
        table.flush(0)
        assert (table.visible_ids(), table.pending) == (["r0", "r1", "r2"], 1)


async def test_rows_may_be_put_before_the_table_is_on_a_screen() -> None:
    """Rows and a flush that come before the first layout are shown with it."""
    app = Console(Painted())
    app.table.put("early", 1)
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.flush(0)
        await pilot.pause()
        assert app.table.visible_ids() == ["early"]


# -- looks ------------------------------------------------------------------------------------------------------------


def color_at(table: LiveTable, line: int, x: int, *, background: bool = False) -> Color:
    """The colour that is drawn at a place of the table."""
    segment = next(iter(table.render_line(line).crop(x, x + 1)))
    assert segment.style is not None
    color = segment.style.bgcolor if background else segment.style.color
    assert color is not None
    return Color.from_rich_color(color)


async def test_roles_take_their_colours_from_the_theme() -> None:
    """A cell's role, the header and the cursor look as the theme says, and otherwise when the theme changes."""
    async with a_table(some(3)) as (table, pilot, app):
        for name in ("dark", "mono"):
            app.theme = name
            await pilot.pause()
            looks = load_theme(name).variables
            assert color_at(table, 2, 1) == Color.parse(looks["state-talking"])
            assert color_at(table, 0, 1) == Color.parse(looks["table-header"])
            assert color_at(table, 1, 30, background=True) == Color.parse(looks["cursor-background"])


async def test_the_cursor_pales_when_the_keys_go_elsewhere() -> None:
    """A table without the focus shows its cursor, but not as the place where keys act."""
    async with a_table(some(3)) as (table, pilot, app):
        app.set_focus(None)
        await pilot.pause()
        wanted = app.theme_variables["cursor-blurred-background"]
        assert color_at(table, 1, 30, background=True) == Color.parse(wanted)
        assert screen(table)[1].startswith("▸")


async def test_stale_data_is_grey() -> None:
    """Without an engine no row keeps a state's colour; when it is back they have theirs again."""
    async with a_table(some(3)) as (table, pilot, app):
        for stale, role in ((True, "stale"), (False, "state-talking")):
            table.stale = stale
            await pilot.pause()
            assert table.stale is stale
            assert color_at(table, 2, 1) == Color.parse(app.theme_variables[role])


@pytest.mark.parametrize("theme", ["textual-dark", "nord"])
async def test_a_theme_that_is_not_ours_works(theme: str) -> None:
    """Under one of Textual's own themes the roles have the default colours; nothing fails."""
    async with a_table(some(3)) as (table, pilot, app):
        app.theme = theme
        await pilot.pause()
        assert color_at(table, 2, 1) == Color.parse(theme_variable_defaults()["state-talking"])
