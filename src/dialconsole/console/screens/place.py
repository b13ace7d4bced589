"""What every screen of the console has: keys from the table of actions, a header, a message line, a footer.

A key runs ``act(name)``: one way in, so that role and connection are looked at in one place, and so that a key which
may not be used answers with a sentence instead of silence.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from dialconsole.console.actions import BY_NAME, Action, Place, actions_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.footer import Hint, KeyFooter
from dialconsole.console.widgets.header import Header
from dialconsole.console.widgets.message_line import MessageLine
from dialconsole.model.view import Kind

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp

GONE = "unknown_campaign"
"""The engine's code for a campaign that is not there (any more): what was known of it is true no longer."""

Handler = Callable[[], Coroutine[Any, Any, None] | None]


def bindings_of(place: Place) -> list[BindingType]:
    """The bindings of a place, from the table of actions. None is shown by Textual itself; our footer does that."""
    return [
        Binding(
            ",".join(action.keys), f"act('{action.name}')", action.title, show=False, id=f"{place.name}.{action.name}"
        )
        for action in actions_of(place)
    ]


class PlaceScreen(Screen[Any]):
    """A screen of the console. Subclasses set ``PLACE``, ``BINDINGS`` and ``body``, and add their actions."""

    PLACE: ClassVar[Place]

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__()
        self.console = console

    # -- what a subclass says -------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        """What the place's own actions do."""
        return {}

    def body(self) -> ComposeResult:
        """Everything between header and message line."""
        yield from ()

    def paint(self, changes: Changes) -> None:
        """Show what changed."""

    def second(self) -> None:
        """A second of real time went by: let durations count on."""

    def title_of(self, action: Action) -> str | None:
        """The action's title in the footer as things stand; ``None`` when there is nothing it could act on."""
        if action.name == "undo":
            return self.console.desk.next_to_take_back or None
        return action.footer_title or action.title

    def rank_of(self, action: Action) -> int:
        """The action's place in the footer as things stand, 1 first."""
        return action.footer

    # -- frame ----------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        console = self.console
        yield Header(console.store, console.ascii_only)
        yield from self.body()
        yield MessageLine(console.store, console.current_answer, console.ascii_only)
        yield KeyFooter()

    def on_mount(self) -> None:
        self.redraw_footer()

    def on_screen_resume(self) -> None:
        """Come up to date at once: the clock on the screen that covered this one was painted later than ours."""
        if self.is_mounted:
            self.console.paint_changes()
            self.tick()

    def repaint_frame(self, changes: Changes) -> None:
        """Header, message line and footer after changes; then the body."""
        if changes.link or changes.touch(Kind.ENGINE, Kind.PRESENCE):
            self.query_one(Header).redraw()
        if changes.touch(Kind.ALERT, Kind.ENGINE):
            self.redraw_message()
        self.paint(changes)
        self.redraw_footer()

    def tick(self) -> None:
        """Once a second."""
        self.query_one(Header).redraw()
        self.redraw_message()
        self.second()

    def redraw_message(self) -> None:
        self.query_one(MessageLine).redraw()

    def redraw_footer(self) -> None:
        """Keys that are bound, that this role may use, and that do something as things stand."""
        typing = isinstance(self.focused, Input)
        self.query_one(KeyFooter).show(self.hints_while_typing() if typing else self._hints())

    def _hints(self) -> list[Hint]:
        bound = {active.binding.key for active in self.active_bindings.values()}
        hints = []
        for action in self.usable_actions():
            if action.footer and bound.intersection(action.keys):
                title = self.title_of(action) or action.title
                hints.append(Hint(action.footer_key or action.shown, title, self.rank_of(action)))
        return hints

    def usable_actions(self) -> list[Action]:
        """What this person may do here, as things stand."""
        store = self.console.store
        return [
            action
            for action in actions_of(self.PLACE)
            if store.role.covers(action.role)
            and (store.connected or not action.changes)
            and self.title_of(action) is not None
        ]

    def hints_while_typing(self) -> list[Hint]:
        """The keys while a line is typed: all others are letters then."""
        return [Hint("enter", "done", 1), Hint("esc", "leave", 2)]

    def on_descendant_focus(self) -> None:
        self.redraw_footer()

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_act(self, name: str) -> None:
        """Do what the action's key stands for.

        A handler runs at once, so that it sees the cursor and the focus as they are with this key and not after the
        next; what it returns may wait for the engine or the person, and goes on in a worker. What opens a dialog must
        do so before it waits for anything: until then the keys that follow are held.
        """
        if self.console.desk.permit(BY_NAME[name]):
            handlers = {**self._common_handlers(), **self.handlers()}
            waiting = handlers[name]()
            if waiting is not None:
                self.run_worker(waiting)

    def _common_handlers(self) -> dict[str, Handler]:
        return {
            "pause_all": self.console.campaigns.pause_all,
            "undo": self.console.desk.take_back,
            "help": self._help,
            "palette": self.console.action_command_palette,
            "next_pane": lambda: self._focus(1),
            "previous_pane": lambda: self._focus(-1),
            "back": self._back,
            "detach": self.console.exit,
        }

    def _focus(self, direction: int) -> None:
        if direction > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def _help(self) -> None:
        from dialconsole.console.screens.help import HelpScreen

        self.console.push_screen(HelpScreen(self.console, self.PLACE))

    def _back(self) -> None:
        self.console.pop_screen()
