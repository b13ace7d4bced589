"""The screen an operator watches all day: campaigns, limits, calling hours, calls, and what was said last.

What needs a hand comes first; nothing moves under the cursor; a key acts on what was under the cursor when it was
pressed, by name or id.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size

from dialconsole.console.actions import Action, Place
from dialconsole.console.call_control import CallControl
from dialconsole.console.pace_history import PaceHistory
from dialconsole.console.render.line import Line, rule
from dialconsole.console.render.today import answer_rate, outcome_lines, pace_line
from dialconsole.console.render.zones import zone_lines
from dialconsole.console.screens.place import Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.trunk_control import TrunkControl
from dialconsole.console.widgets.calls_pane import CallsPane
from dialconsole.console.widgets.campaign_pane import CampaignPane
from dialconsole.console.widgets.footer import Hint
from dialconsole.console.widgets.limit_pane import LimitPane
from dialconsole.console.widgets.lines import Lines, LinesFrom
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.console.widgets.pane import Pane
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request.looking import ListCalls
from dialconsole.model.view import Kind

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp


Waiting = Coroutine[Any, Any, None]

NEED_A_CAMPAIGN = (
    "toggle_pause", "pause_all", "throttle_up", "throttle_down", "start_or_drain", "hang_up_campaign",
    "open", "why", "filter", "problems", "freeze",
)  # fmt: skip
"""Actions that a workspace without campaigns has no use for."""


ON_LIMITS = ("edit_limits", "reset_trunk", "check_trunk")

NO_TRUNK = "There is no trunk yet. One is made with: dialconsole trunk add NAME"


class Shape(Enum):
    """How the screen is laid out: its class for the style sheet, most rows of campaigns and of limits."""

    LEAST = ("-least", 3, 2)
    COMPACT = ("-compact", 5, 4)
    TALL = ("-tall", 8, 6)
    WIDE = ("-wide", 8, 8)

    @property
    def css_class(self) -> str:
        return self.value[0]


def shape_of(width: int, height: int) -> Shape:
    """Today's figures and more rows from 34 lines, two columns from 150 cells as well; below 21 lines only what must
    be seen."""
    if height < 34:
        return Shape.LEAST if height < 21 else Shape.COMPACT
    return Shape.WIDE if width >= 150 else Shape.TALL


class OperationsScreen(PlaceScreen):
    """Campaigns and today's figures beside limits and calling hours, over the calls; one column where it is narrow."""

    PLACE: ClassVar[Place] = Place.OPERATIONS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.OPERATIONS)

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._store = console.store
        self._ascii = console.ascii_only
        self._hanging_up = CallControl(console.desk)
        self._pace = PaceHistory()
        self._campaigns = CampaignPane(self._store, self._ascii)
        self._limits = LimitPane(self._store, self._ascii)
        self._today = LinesFrom(self._today_lines, id="today")
        self._zones = LinesFrom(self._zone_lines, id="zones")
        self._calls = CallsPane(self._store, self._ascii)
        self._take_shape(console.size)

    def body(self) -> ComposeResult:
        with Horizontal(id="top"):
            with Vertical(id="left"):
                yield self._campaigns
                yield self._today
            with Vertical(id="right"):
                yield self._limits
                yield self._zones
        yield self._calls

    def on_mount(self) -> None:
        self._campaigns.focus()

    def on_resize(self, event: events.Resize) -> None:
        self._take_shape(event.size)
        for pane in self._panes():
            pane.redraw()

    def _take_shape(self, size: Size) -> None:
        """As the first screen has it before its first layout, so that nobody sees it in another shape before."""
        shape = shape_of(size.width, size.height)
        for other in Shape:
            self.set_class(other is shape, other.css_class)
        _, self._campaigns.most_rows, self._limits.most_rows = shape.value
        self._limits.roomy = shape in (Shape.TALL, Shape.WIDE)

    def _panes(self) -> Sequence[Lines]:
        return (self._campaigns, self._limits, self._today, self._zones)

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(self, changes: Changes) -> None:
        if changes.link:
            self._set_stale(not self._store.connected)
        if changes.touch(Kind.CAMPAIGN, Kind.ENGINE, Kind.IMPORT):
            self._campaigns.redraw()
        if changes.touch(Kind.TRUNK, Kind.CAMPAIGN, Kind.ENGINE):
            self._limits.redraw()
        if changes.touch(Kind.ZONE, Kind.ENGINE):
            self._zones.redraw()
        if changes.touch(Kind.CALL, Kind.CAMPAIGN):
            self._calls.paint(changes)
            self._count_starts(changes)
            self._today.redraw()
        if changes.replaced:
            self.run_worker(self._recall_pace(), exclusive=True, group="pace")

    def _count_starts(self, changes: Changes) -> None:
        calls = self._store.calls
        seen = calls if changes.replaced else changes.ids[Kind.CALL].intersection(calls)
        self._pace.add((id, calls[id].claimed_at) for id in seen)

    async def _recall_pace(self) -> None:
        """The calls of the last hour, from before we were here. Only the sparkline needs them: failing is no news."""
        try:
            page = await self.console.desk.request(ListCalls(limit=1000))
        except Problem:
            return
        self._pace.add((attempt.attempt, attempt.claimed_at) for attempt in page.attempts)
        self._today.redraw()

    def _set_stale(self, stale: bool) -> None:
        self._calls.stale = stale
        for pane in self._panes():
            pane.stale = stale
            pane.redraw()

    def second(self) -> None:
        for pane in (self._campaigns, self._limits, self._today):
            pane.redraw()
        self._calls.tick()

    # -- lines ----------------------------------------------------------------------------------------------------

    @property
    def _stroke(self) -> str:
        return "-" if self._ascii else "─"

    def _today_lines(self, width: int) -> Sequence[Line]:
        campaigns = self._store.campaigns.values()
        pace = self._pace.per_minute(self._store.now())
        return [
            rule(width, [(1, "TODAY", "table-header")], self._stroke),
            *outcome_lines(campaigns, width),
            pace_line(pace, answer_rate(campaigns), width, self._ascii),
        ]

    def _zone_lines(self, width: int) -> Sequence[Line]:
        lines = zone_lines(list(self._store.zones.values()), width, self._store.zone, self._ascii)
        if not lines:
            return lines
        if self.has_class(Shape.COMPACT.css_class):
            words = "   legal hours"
            if lines[-1].width + len(words) < width:
                lines[-1].add(words, "dim")
            return lines
        marks = "* open to, o opens at" if self._ascii else "● open to, ○ opens at"
        titles = [(1, "LEGAL HOURS", "table-header"), (14, f"{marks}, in your time", "dim")]
        return [rule(width, titles, self._stroke), *lines]

    # -- keys -----------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        campaigns = self.console.campaigns
        return {
            "toggle_pause": lambda: self._on_campaign(campaigns.toggle_pause),
            "start_or_drain": lambda: self._on_campaign(campaigns.start_or_drain),
            "hang_up_campaign": lambda: self._on_campaign(campaigns.hang_up_all),
            "create": campaigns.create,
            "cancel_import": lambda: self._on_campaign(campaigns.cancel_import),
            "throttle_up": lambda: self._throttle(1),
            "throttle_down": lambda: self._throttle(-1),
            "edit_limits": self._edit_limits,
            "reset_trunk": self._reset_trunk,
            "check_trunk": self._check_trunk,
            "hang_up": self._hang_up,
            "open": self._open,
            "filter": self._calls.open_filter,
            "unfilter": self._calls.clear_filter,
            "problems": self._calls.toggle_problems,
            "freeze": self._calls.toggle_frozen,
            "dnc": self._open_dnc,
            "why": self._open_why,
        }

    def title_of(self, action: Action) -> str | None:
        if self._nothing_there_for(action.name):
            return None
        if action.name == "toggle_pause" and self._paused():
            return "resume"
        if action.name == "problems" and self._calls.problems:
            return "all calls"
        if action.name == "freeze" and self._calls.frozen:
            return "let go"
        return super().title_of(action)

    def rank_of(self, action: Action) -> int:
        """What can be done to a limit goes before what can be done to calls while the limits have the keys."""
        return 5 if action.name in ON_LIMITS and self.focused is self._limits else super().rank_of(action)

    def _nothing_there_for(self, action: str) -> bool:
        match action:
            case "unfilter":
                return not self._calls.filtered
            case "hang_up":
                return self._calls.table.cursor_id is None
            case "edit_limits" | "reset_trunk" | "check_trunk":
                return self._limits.target is None
            case "cancel_import":
                cursor = self._campaigns.cursor
                return not any(view.campaign == cursor for view in self._store.imports.values())
        return action in NEED_A_CAMPAIGN and self._campaigns.cursor is None

    def _paused(self) -> bool:
        campaign = self._store.campaigns.get(self._campaigns.cursor or "")
        return campaign is not None and campaign.state is CampaignState.PAUSED

    def hints_while_typing(self) -> list[Hint]:
        return [Hint("enter", "keep the filter", 1), Hint("esc", "all calls", 2)]

    def _on_campaign(self, act: Callable[[str], Waiting]) -> Waiting | None:
        if self._campaigns.cursor is None:
            self.console.desk.say("There is no campaign yet. c creates one from a call list.")
            return None
        return act(self._campaigns.cursor)

    def _throttle(self, direction: int) -> Waiting | None:
        """The limits' cursor when they have the focus, else the campaign's."""
        limits = self.console.limits
        if self.focused is self._limits and self._limits.target is not None:
            return limits.throttle(*self._limits.target, direction)
        return self._on_campaign(lambda name: limits.throttle(Kind.CAMPAIGN, name, direction))

    def _edit_limits(self) -> Waiting | None:
        if self._limits.target is None:
            self.console.desk.say(NO_TRUNK)
            return None
        return self.console.limits.edit(*self._limits.target)

    def _trunk_under_the_cursor(self) -> str | None:
        """The trunk under the limits' cursor; that of the campaign, where a campaign is. Says so if there is none."""
        if self._limits.target is None:
            self.console.desk.say(NO_TRUNK)
            return None
        kind, name = self._limits.target
        return self._store.campaigns[name].trunk if kind is Kind.CAMPAIGN else name

    def _reset_trunk(self) -> Waiting | None:
        name = self._trunk_under_the_cursor()
        return None if name is None else TrunkControl(self.console.desk).reset(name)

    def _check_trunk(self) -> None:
        name = self._trunk_under_the_cursor()
        if name is not None:
            from dialconsole.console.screens.trunk import TrunkScreen

            self.console.push_screen(TrunkScreen(self.console, name))

    def _hang_up(self) -> Waiting | None:
        call = self._calls.table.cursor_id
        if call is None:
            self.console.desk.say("No call is under the cursor: tab goes to the calls.")
            return None
        return self._hanging_up.hang_up(call)

    def _open(self) -> None:
        """For the palette; the key itself goes to whatever has the focus."""
        if isinstance(self.focused, (Pane, LiveTable)):
            self.focused.action_select()

    def on_pane_opened(self, event: Pane.Opened) -> None:
        if event.pane is self._campaigns:
            from dialconsole.console.screens.campaign import CampaignScreen

            self.console.push_screen(CampaignScreen(self.console, event.row_id))
        else:
            self.action_act("edit_limits")

    def on_pane_moved(self) -> None:
        self.redraw_footer()

    def on_calls_pane_changed(self) -> None:
        self.redraw_footer()

    def on_descendant_focus(self) -> None:
        """The title of what has the keys is the one in the accent colour."""
        self._calls.redraw_title()

    def on_live_table_row_highlighted(self) -> None:
        self.redraw_footer()

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        from dialconsole.console.screens.call import CallScreen

        self.console.push_screen(CallScreen(self.console, event.row_id))

    def _open_why(self) -> None:
        from dialconsole.console.screens.why import WhyScreen

        if self._campaigns.cursor is None:
            self.console.desk.say("There is no campaign yet. c creates one from a call list.")
            return
        self.console.push_screen(WhyScreen(self.console, self._campaigns.cursor))

    def _open_dnc(self) -> None:
        from dialconsole.console.screens.dnc import DncScreen

        self.console.push_screen(DncScreen(self.console))
