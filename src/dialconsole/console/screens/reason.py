"""The contacts behind one count: who may not be called for this reason, and all that the gate says of one of them."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from dialconsole.console.actions import Action, Place
from dialconsole.console.render.cell import Cell
from dialconsole.console.render.dialable import CONTACT_COLUMNS, ReasonRow, contact_row, list_title
from dialconsole.console.render.evidence import explanation_lines
from dialconsole.console.render.line import Line, rule, wrap
from dialconsole.console.screens.place import Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.model.dialable import UndialableContact
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import Explain, Explanation, ListUndialable

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp

PAGE = 100


class ReasonScreen(PlaceScreen):
    """A page at a time; the next is asked for when the cursor comes to the end of this one."""

    PLACE: ClassVar[Place] = Place.REASON
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.REASON)

    def __init__(self, console: ConsoleApp, campaign: str, row: ReasonRow) -> None:
        super().__init__(console)
        self._campaign = campaign
        self._row = row
        self._contacts: dict[str, UndialableContact] = {}
        self._next: int | None = None
        self._explanation: Explanation | None = None
        self._title = LinesFrom(self._title_lines, id="reason-title")
        self._answer = LinesFrom(self._answer_lines, id="reason-answer")
        self._table = LiveTable(CONTACT_COLUMNS, self._cells, id="contacts", ascii_only=console.ascii_only)

    def body(self) -> ComposeResult:
        yield self._title
        yield self._table
        yield self._answer

    def on_mount(self) -> None:
        self._table.empty = "Asking for the contacts …"
        self._table.focus()
        self._load(0)

    # -- the list -------------------------------------------------------------------------------------------------

    def _load(self, after: int) -> None:
        self.run_worker(self._fetch(after), exclusive=True, group="contacts")

    async def _fetch(self, after: int) -> None:
        request = ListUndialable(name=self._campaign, code=self._row.code, after=after, limit=PAGE)
        try:
            page = await self.console.desk.request(request)
        except Problem as problem:
            self._table.empty = problem.sentence
            return
        self._contacts |= {str(contact.id): contact for contact in page.contacts}
        self._next = page.next
        self._table.empty = "Nobody is kept by this any more. esc goes back to the counts."
        self._table.replace_all(self._contacts.items())
        self._table.flush(self.console.store.now())
        if self._table.cursor_id is None and self._contacts:
            self._table.cursor_id = next(iter(self._contacts))
        self._title.redraw()
        self.redraw_footer()

    def on_live_table_row_highlighted(self, event: LiveTable.RowHighlighted) -> None:
        if self._next is not None and event.row_id == next(reversed(self._contacts), None):
            self._load(self._next)

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(self, changes: Changes) -> None:
        self._table.stale = self._title.stale = self._answer.stale = not self.console.store.connected

    def _cells(self, row_id: str, contact: UndialableContact, now: float) -> Sequence[Cell]:
        return contact_row(contact, now, self.console.store.zone)

    def _title_lines(self, width: int) -> Sequence[Line]:
        more = self._next is not None
        return [list_title(self._row, self._campaign, len(self._contacts), more, width, self.console.ascii_only)]

    def _answer_lines(self, width: int) -> Sequence[Line]:
        stroke = "-" if self.console.ascii_only else "─"
        lines = [rule(width, [(1, "WHY THIS CONTACT", "table-header")], stroke)]
        if self._explanation is None:
            words = "enter asks the engine's own gate about the contact under the cursor, by every check it makes."
            return [*lines, *(Line(f" {line}", "dim") for line in wrap(words, width - 2))]
        store, ascii_only = self.console.store, self.console.ascii_only
        return [*lines, *explanation_lines(self._explanation, store.now(), store.zone, width, ascii_only=ascii_only)]

    # -- keys -----------------------------------------------------------------------------------------------------

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        self.action_act("explain_contact")

    def handlers(self) -> dict[str, Handler]:
        return {"explain_contact": self._explain, "dnc": self._open_dnc}

    def title_of(self, action: Action) -> str | None:
        return None if action.name == "explain_contact" and not self._contacts else super().title_of(action)

    def _explain(self) -> Coroutine[Any, Any, None] | None:
        contact = self._contacts.get(self._table.cursor_id or "")
        if contact is None:
            self.console.desk.say("No contact is under the cursor.")
            return None
        return self._ask(contact.number)

    async def _ask(self, number: str) -> None:
        explanation = await self.console.desk.ask(Explain(number=number, campaign=self._campaign))
        if explanation is not None:
            self._explanation = explanation
            self._answer.redraw()

    def _open_dnc(self) -> None:
        from dialconsole.console.screens.dnc import DncScreen

        contact = self._contacts.get(self._table.cursor_id or "")
        self.console.push_screen(DncScreen(self.console, contact.number if contact else ""))
