"""Who of a campaign may be called, and why not the others: the engine's gate, counted; each count opens its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from dialconsole.console.actions import Action, Place
from dialconsole.console.render.cell import Cell
from dialconsole.console.render.dialable import REASON_COLUMNS, ReasonRow, reason_row, reason_rows, summary_lines
from dialconsole.console.render.line import Line, wrap
from dialconsole.console.screens.place import GONE, Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.model.dialable import DialableReport
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request.looking import ShowDialable
from dialconsole.model.view import Kind

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp


class WhyScreen(PlaceScreen):
    """Asks for the counts once, and again, at most once a second, while the campaign changes."""

    PLACE: ClassVar[Place] = Place.WHY
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.WHY)

    def __init__(self, console: ConsoleApp, campaign: str) -> None:
        super().__init__(console)
        self._campaign = campaign
        self._report: DialableReport | None = None
        self._fault = ""
        self._changed = False
        self._title = LinesFrom(self._title_lines, id="why-title")
        self._sentence = LinesFrom(self._sentence_lines, id="why-sentence")
        self._table = LiveTable(REASON_COLUMNS, self._cells, id="reasons", ascii_only=console.ascii_only)

    def body(self) -> ComposeResult:
        yield self._title
        yield self._table
        yield self._sentence

    def on_mount(self) -> None:
        self._table.empty = "Counting …"
        self._table.focus()
        self._ask()

    # -- the counts -----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._changed = False
        self.run_worker(self._load(), exclusive=True, group="counts")

    async def _load(self) -> None:
        try:
            self._report = await self.console.desk.request(ShowDialable(name=self._campaign))
        except Problem as problem:
            self._fault = self._table.empty = problem.sentence
            if problem.code == GONE:
                self._report = None
                self._table.replace_all(())
                self._table.flush(self.console.store.now())
                self._sentence.redraw()
            self._title.redraw()
            return
        rows = reason_rows(self._report)
        self._table.empty = (
            f"{self._campaign} has no contacts. dialconsole list import FILE --campaign {self._campaign}"
        )
        self._table.replace_all((row.code, row) for row in rows)
        self._table.flush(self.console.store.now())
        if self._table.cursor_id is None and rows:
            self._table.cursor_id = rows[0].code
        self._title.redraw()
        self._sentence.redraw()
        self.redraw_footer()

    def paint(self, changes: Changes) -> None:
        stale = not self.console.store.connected
        self._table.stale = self._title.stale = self._sentence.stale = stale
        if changes.replaced:
            self._ask()
        elif self._campaign in changes.ids[Kind.CAMPAIGN]:
            self._changed = True

    def second(self) -> None:
        if self._changed and self.console.store.connected:
            self._ask()

    # -- painting -------------------------------------------------------------------------------------------------

    def _cells(self, row_id: str, row: ReasonRow, now: float) -> Sequence[Cell]:
        return reason_row(row, now, self.console.store.zone, self.console.ascii_only)

    def _title_lines(self, width: int) -> Sequence[Line]:
        if self._report is None:
            return [Line(f" {line}", "dim") for line in wrap(self._fault or f"Counting {self._campaign} …", width - 2)]
        return summary_lines(self._report, width, self.console.ascii_only)

    def _sentence_lines(self, width: int) -> Sequence[Line]:
        """The reason under the cursor in full: its column may be too narrow for it."""
        row = self._under_cursor
        return [Line(f" {line}", "dim") for line in wrap(row.sentence, width - 2)] if row is not None else [Line("")]

    @property
    def _under_cursor(self) -> ReasonRow | None:
        row: ReasonRow | None = self._table.get(self._table.cursor_id or "")
        return row

    # -- keys -----------------------------------------------------------------------------------------------------

    def on_live_table_row_highlighted(self, event: LiveTable.RowHighlighted) -> None:
        self._sentence.redraw()

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        self._open()

    def handlers(self) -> dict[str, Handler]:
        return {
            "open_reason": self._open,
            "start_or_drain": lambda: self.console.campaigns.start_or_drain(self._campaign),
        }

    def title_of(self, action: Action) -> str | None:
        if action.name == "open_reason" and self._under_cursor is None:
            return None
        if action.name == "start_or_drain" and self._report is not None:
            return "start" if self._report.state in (CampaignState.DRAFT, CampaignState.FINISHED) else "drain"
        return super().title_of(action)

    def _open(self) -> None:
        from dialconsole.console.screens.reason import ReasonScreen

        row = self._under_cursor
        if row is None:
            self.console.desk.say("There is nothing to open yet.")
            return
        self.console.push_screen(ReasonScreen(self.console, self._campaign, row))
