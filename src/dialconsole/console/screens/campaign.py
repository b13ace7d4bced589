"""One campaign: what it is set to, what became of it so far, what holds the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from dialconsole.console.actions import Action, Place
from dialconsole.console.render.campaign_report import report_lines
from dialconsole.console.render.line import Line, wrap
from dialconsole.console.screens.place import GONE, Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request.looking import CampaignReport, ShowCampaign
from dialconsole.model.view import Kind

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp


class CampaignScreen(PlaceScreen):
    """Asks for the report once, and again whenever the campaign changes."""

    PLACE: ClassVar[Place] = Place.CAMPAIGN
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.CAMPAIGN)

    def __init__(self, console: ConsoleApp, name: str) -> None:
        super().__init__(console)
        self._campaign = name
        self._report: CampaignReport | None = None
        self._fault = ""
        self._lines = LinesFrom(self._report_lines, id="report")

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="scroll"):
            yield self._lines

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._ask()

    def paint(self, changes: Changes) -> None:
        self._lines.stale = not self.console.store.connected
        if changes.replaced or self._campaign in changes.ids[Kind.CAMPAIGN]:
            self._ask()

    def second(self) -> None:
        self._lines.redraw()

    def _ask(self) -> None:
        self.run_worker(self._load(), exclusive=True, group="report")

    async def _load(self) -> None:
        try:
            self._report = await self.console.desk.request(ShowCampaign(name=self._campaign))
        except Problem as problem:
            self._fault = problem.sentence
            if problem.code == GONE:
                self._report = None
        self._lines.redraw()
        self.redraw_footer()

    def _report_lines(self, width: int) -> Sequence[Line]:
        if self._report is None:
            words = self._fault or f"Asking for {self._campaign} …"
            return [Line(f" {line}", "dim") for line in wrap(words, width - 2)]
        store = self.console.store
        view = store.campaigns.get(self._campaign, self._report.view)
        return report_lines(self._report, view, width, store.now(), store.zone, self.console.ascii_only)

    def handlers(self) -> dict[str, Handler]:
        campaigns = self.console.campaigns
        return {
            "toggle_pause": lambda: campaigns.toggle_pause(self._campaign),
            "start_or_drain": lambda: campaigns.start_or_drain(self._campaign),
            "hang_up_campaign": lambda: campaigns.hang_up_all(self._campaign),
            "why": self._open_why,
        }

    def _open_why(self) -> None:
        from dialconsole.console.screens.why import WhyScreen

        self.console.push_screen(WhyScreen(self.console, self._campaign))

    def title_of(self, action: Action) -> str | None:
        view = self.console.store.campaigns.get(self._campaign)
        if action.name == "toggle_pause" and view is not None and view.state is CampaignState.PAUSED:
            return "resume"
        return super().title_of(action)
