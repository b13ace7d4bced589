"""The live calls: a title that says what is shown, the table, and the bar where a filter is typed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from dialconsole.console.call_filter import CallFilter, both, is_problem, parse_filter
from dialconsole.console.render.call import CALL_COLUMNS, call_row
from dialconsole.console.render.cell import Cell
from dialconsole.console.render.line import Line, rule, whole_words
from dialconsole.console.store import Changes, Store
from dialconsole.console.widgets.filter_bar import FilterBar
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase, CampaignState
from dialconsole.model.view import CallView, Kind


def live_first(_: str, call: CallView) -> tuple[bool, float]:
    """Calls in progress above those that ended; the newest on top of both."""
    return call.phase is CallPhase.ENDED, -(call.ended_at or call.claimed_at)


class CallsPane(Vertical):
    """What is asked of the calls that are shown lives here: pattern, problems only, frozen."""

    class Changed(Message):
        """Another filter, or frozen, or not any more: the keys may read differently."""

    def __init__(self, store: Store, ascii_only: bool) -> None:
        super().__init__(id="calls-pane")
        self._store = store
        self._ascii = ascii_only
        self._text = ""
        self._pattern: CallFilter | None = None
        self._problems = False
        self._title = LinesFrom(self._title_lines, id="calls-title")
        self.table = LiveTable(CALL_COLUMNS, self._cells, id="calls", ascii_only=ascii_only)
        self.table.sort_key = live_first
        self._bar = FilterBar(id="filter")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self.table
        yield self._bar

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(self, changes: Changes) -> None:
        """Bring the rows up to date."""
        calls = self._store.calls
        if changes.replaced:
            self.table.replace_all(calls.items())
        for id in changes.ids[Kind.CALL]:
            if id in calls:
                self.table.put(id, calls[id])
            else:
                self.table.discard(id)
        self.flush()

    def flush(self) -> None:
        self.table.empty = self._empty()
        self.table.flush(self._store.now())
        self._title.redraw()

    def tick(self) -> None:
        self.table.tick(self._store.now())

    @property
    def stale(self) -> bool:
        return self.table.stale

    @stale.setter
    def stale(self, stale: bool) -> None:
        self.table.stale = stale
        self._title.stale = stale

    def redraw_title(self) -> None:
        self._title.redraw()

    def _title_lines(self, width: int) -> Sequence[Line]:
        live = sum(call.phase is not CallPhase.ENDED for call in self._store.calls.values())
        notes = ["newest first"]
        if self._problems:
            notes.insert(0, "problems only")
        if self._text:
            notes.insert(0, f"find {self._text}")
        if self.frozen:
            notes.insert(0, f"FROZEN, {self.table.pending} new" if self.table.pending else "FROZEN")
        said = whole_words(" · ".join(notes), width - 22)
        role = "key" if self.table.has_focus else "table-header"
        titles = [(1, "CALLS", role), (8, f"{live} live", "title"), (width - len(said) - 2, said, "dim")]
        return [rule(width, titles, "-" if self._ascii else "─")]

    def _cells(self, row_id: str, call: CallView, now: float) -> Sequence[Cell]:
        return call_row(row_id, call, now, ascii_only=self._ascii)

    def _empty(self) -> str:
        """What would fill the place, and which key does that."""
        if self._text:
            return f"No call matches {self._text}. esc clears the filter."
        if self._problems:
            return "No call went wrong. z shows all calls."
        states = {campaign.state for campaign in self._store.campaigns.values()}
        if not states:
            return "Calls appear here while a campaign runs."
        if CampaignState.RUNNING in states:
            return "No call at the moment. The campaigns above say what they wait for."
        if CampaignState.PAUSED in states:
            return "No call: nothing runs. p resumes the campaign under the cursor."
        return "No call: nothing runs. s starts the campaign under the cursor."

    # -- what is shown --------------------------------------------------------------------------------------------

    @property
    def frozen(self) -> bool:
        return self.table.frozen

    def toggle_frozen(self) -> None:
        self.table.frozen = not self.table.frozen
        self._show_anew()

    def toggle_problems(self) -> None:
        self._problems = not self._problems
        self._sift()

    @property
    def problems(self) -> bool:
        return self._problems

    @property
    def filtered(self) -> bool:
        return bool(self._text)

    def open_filter(self) -> None:
        self._bar.open()

    def clear_filter(self) -> None:
        self._bar.clear()

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """Filter while one types; a pattern that cannot be read leaves what is shown as it is."""
        event.stop()
        try:
            self._pattern = parse_filter(event.text)
        except Problem as problem:
            self._bar.say(problem.sentence)
            return
        self._bar.say("")
        self._text = event.text if self._pattern else ""
        self._sift()

    def on_filter_bar_closed(self, event: FilterBar.Closed) -> None:
        event.stop()
        self.table.focus()

    def _sift(self) -> None:
        self.table.filter = both(self._pattern, is_problem if self._problems else None)
        self._show_anew()

    def _show_anew(self) -> None:
        self.flush()
        self.post_message(self.Changed())
