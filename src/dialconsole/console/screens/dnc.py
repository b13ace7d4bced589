"""The do-not-call list: look, add, take off with a reason, import, and ask the gate about a number."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from dialconsole.console.actions import Action, Place
from dialconsole.console.optout_control import OptOutControl
from dialconsole.console.render.cell import Cell
from dialconsole.console.render.count import plural
from dialconsole.console.render.evidence import explanation_lines
from dialconsole.console.render.line import Line, rule, wrap
from dialconsole.console.render.optout import OPT_OUT_COLUMNS, opt_out_row
from dialconsole.console.screens.place import Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.footer import Hint
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.console.widgets.said import said
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOut, is_pattern
from dialconsole.model.request.looking import Explain, Explanation
from dialconsole.model.request.optouts import ListOptOuts

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp

PAGE = 200


class Typed(Input):
    """A line to type in at the foot of the screen; escape gives the keys back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False)]

    def action_leave(self) -> None:
        self.screen.query_one(LiveTable).focus()


def _id(entry: OptOut) -> str:
    return f"{entry.number} {entry.scope}"


class DncScreen(PlaceScreen):
    """Shows the list a page at a time; the next page is asked for when the cursor comes to the end of this one."""

    PLACE: ClassVar[Place] = Place.DNC
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.DNC)

    def __init__(self, console: ConsoleApp, number: str = "") -> None:
        super().__init__(console)
        self._search = ""
        self._entries: dict[str, OptOut] = {}
        self._total = 0
        self._more = False
        self._loaded = False
        self._explanation: Explanation | None = None
        self._asked_first = number
        self._purpose = "search"
        self._control = OptOutControl(console.desk)
        self._title = LinesFrom(self._title_lines, id="dnc-title")
        self._answer = LinesFrom(self._answer_lines, id="dnc-answer")
        self._table = LiveTable(OPT_OUT_COLUMNS, self._cells, id="opt-outs", ascii_only=console.ascii_only)
        self._table.sort_key = lambda _, entry: -entry.at

    def body(self) -> ComposeResult:
        yield self._title
        yield self._table
        yield self._answer
        with Horizontal(id="question"):
            yield Static(Content(""), id="question-words")
            yield Typed(id="question-number", compact=True)

    def on_mount(self) -> None:
        typed = self.query_one(Typed)
        typed.cursor_blink = False
        self._close_line()
        self._table.empty = "Asking for the list …"
        self._table.focus()
        self._load()
        if self._asked_first:
            self.run_worker(self._explain(self._asked_first))

    # -- the list -------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        self.run_worker(self._fetch(0), exclusive=True, group="list")

    async def _fetch(self, offset: int) -> None:
        """A page behind the first begins with the last entry of the one before: where that is another one by now,
        entries were taken off and some may have moved past, so all is read from the top."""
        search, begin = self._search, max(0, offset - 1)
        request = ListOptOuts(search=search, offset=begin, limit=PAGE + offset - begin)
        try:
            page = await self.console.desk.request(request)
        except Problem as problem:
            self._table.empty = problem.sentence
            return
        if not offset:
            self._entries = {}
        elif not page.entries or _id(page.entries[0]) not in self._entries:
            self._load()
            return
        self._entries |= {_id(entry): entry for entry in page.entries}
        self._total, self._more, self._loaded = page.total, page.more, True
        self._table.empty = self._empty()
        self._table.replace_all(self._entries.items())
        self._table.flush(self.console.store.now())
        if self._table.cursor_id is None and self._entries:
            self._table.cursor_id = next(iter(self._entries))
        self._title.redraw()
        self.redraw_footer()

    def _empty(self) -> str:
        if self._search:
            return f"No entry has {self._search} in its number or reason. / searches for something else."
        return (
            "Nobody is on the list yet. a adds a number, i imports a file; callers who decline are added by the engine."
        )

    def on_live_table_row_highlighted(self, event: LiveTable.RowHighlighted) -> None:
        last = next(reversed(self._entries), None)
        if self._more and event.row_id == last:
            self.run_worker(self._fetch(len(self._entries)), exclusive=True, group="list")

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        number = self._entries[event.row_id].number
        if is_pattern(number):
            self.console.desk.say("This entry stands for many numbers; w asks about one of them.")
            return
        self.run_worker(self._explain(number))

    @property
    def _under_cursor(self) -> OptOut | None:
        return self._entries.get(self._table.cursor_id or "")

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(self, changes: Changes) -> None:
        stale = not self.console.store.connected
        self._table.stale = stale
        self._title.stale = stale
        if changes.replaced and self._loaded:
            self._load()

    def _cells(self, row_id: str, entry: OptOut, now: float) -> Sequence[Cell]:
        return opt_out_row(entry, self.console.store.zone)

    def _title_lines(self, width: int) -> Sequence[Line]:
        count = plural(self._total, "entry").replace("entrys", "entries") if self._loaded else ""
        titles = [(1, "DO NOT CALL", "table-header"), (14, count, "title")]
        if self._search:
            said = f"search {self._search}"
            titles.append((width - len(said) - 2, said, "dim"))
        return [rule(width, [title for title in titles if title[1]], "-" if self.console.ascii_only else "─")]

    def _answer_lines(self, width: int) -> Sequence[Line]:
        stroke = "-" if self.console.ascii_only else "─"
        lines = [rule(width, [(1, "WOULD THIS NUMBER BE CALLED?", "table-header")], stroke)]
        if self._explanation is None:
            words = "w asks the engine's own gate about any number; enter asks about the one under the cursor."
            return [*lines, *(Line(f" {line}", "dim") for line in wrap(words, width - 2))]
        store, ascii_only = self.console.store, self.console.ascii_only
        return [*lines, *explanation_lines(self._explanation, store.now(), store.zone, width, ascii_only=ascii_only)]

    # -- the line at the foot -------------------------------------------------------------------------------------

    def _open_line(self, words: str, value: str, purpose: str) -> None:
        self._purpose = purpose
        self.query_one("#question").display = True
        self.query_one("#question-words", Static).update(said(self, words))
        typed = self.query_one(Typed)
        typed.value = value
        typed.focus()

    def _close_line(self) -> None:
        self.query_one("#question").display = False

    def on_descendant_blur(self) -> None:
        if not self.query_one(Typed).has_focus:
            self._close_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        self._table.focus()
        if self._purpose == "search":
            self._search = text
            self._load()
        elif text:
            self.run_worker(self._explain(text), exclusive=True, group="explain")

    async def _explain(self, number: str) -> None:
        self._explanation = await self.console.desk.ask(Explain(number=number))
        self._answer.redraw()

    def _changed(self) -> None:
        """The list is another, so what the gate said last may be too."""
        self._load()
        if self._explanation is not None:
            self.run_worker(self._explain(self._explanation.number), exclusive=True, group="explain")

    # -- keys -----------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        return {
            "dnc_search": lambda: self._open_line("search", self._search, "search"),
            "would_call": lambda: self._open_line("would this number be called?", "", "explain"),
            "dnc_add": self._add,
            "dnc_remove": self._remove,
            "dnc_import": self._import,
        }

    def title_of(self, action: Action) -> str | None:
        return None if action.name == "dnc_remove" and not self._entries else super().title_of(action)

    def hints_while_typing(self) -> list[Hint]:
        return [Hint("enter", "search" if self._purpose == "search" else "ask the engine", 1), Hint("esc", "leave", 2)]

    async def _add(self) -> None:
        if await self._control.add():
            self._changed()

    def _remove(self) -> Coroutine[Any, Any, None] | None:
        entry = self._under_cursor
        if entry is None:
            self.console.desk.say("No number is under the cursor.")
            return None
        return self._take_off(entry)

    async def _take_off(self, entry: OptOut) -> None:
        if await self._control.remove(entry):
            self._changed()

    async def _import(self) -> None:
        if await self._control.import_file():
            self._changed()
