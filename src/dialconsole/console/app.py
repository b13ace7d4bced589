"""The console: a client that draws what the engine tells and asks for what keys stand for. Nothing is decided here.

One worker listens and writes into the store; one timer paints what is dirty, five times a second, and not while the
terminal has not taken the last picture yet. A stalled SSH line then costs pictures, never the loop: Textual's writer
blocks when its queue is full.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from dialconsole.console.campaign_control import CampaignControl
from dialconsole.console.desk import Desk
from dialconsole.console.key_line import KeyLine
from dialconsole.console.limit_control import LimitControl
from dialconsole.console.screens.operations import OperationsScreen
from dialconsole.console.screens.place import PlaceScreen
from dialconsole.console.store import Store
from dialconsole.console.themes import DEFAULT_THEME, available_themes, load_theme, theme_variable_defaults
from dialconsole.console.widgets.message_line import Answer
from dialconsole.control.port import EngineClient, Link, Snapshot
from dialconsole.model.errors import Problem

FIRST_ROWS_S = 0.05
"""Real seconds that the first picture waits for the engine; one that takes longer is waited for with a picture."""
FLUSH_S = 0.2
TICK_S = 1.0
ANSWER_S = 8.0
"""Real seconds that an answer stays before the newest alert takes its place again."""
LEAST_WIDTH, LEAST_HEIGHT = 60, 16


class ConsoleApp(App[None]):
    """The Textual app. ``monotonic`` gives real seconds; without ``timers`` nothing happens by itself, for tests."""

    CSS_PATH = "console.tcss"
    TITLE = "dialconsole"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        client: EngineClient,
        *,
        theme: str = DEFAULT_THEME,
        ascii_only: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        timers: bool = True,
        first_rows_s: float = FIRST_ROWS_S,
    ) -> None:
        super().__init__()
        self.ascii_only = ascii_only
        self.set_class(ascii_only, "-without-glyphs")
        self.store = Store(monotonic)
        self.desk = Desk(self, client, self.store)
        self.campaigns = CampaignControl(self.desk)
        self.limits = LimitControl(self.desk)
        self.keys = KeyLine(self, super().on_event)
        self.problem: Problem | None = None
        """Why the console ended by itself."""
        self._client = client
        self._monotonic = monotonic
        self._by_itself = timers
        self._answer: tuple[Answer, float] | None = None
        self._first_rows_s = first_rows_s
        self._was_small = False
        self._heard = asyncio.Event()
        """The engine's first rows are here, or its refusal."""
        self.use_theme(theme)

    # -- beginning and end ----------------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variable_defaults()

    def get_default_screen(self) -> Screen[Any]:
        return OperationsScreen(self)

    async def on_load(self) -> None:
        """Before the terminal is touched: an engine that refuses us does so with a sentence below the prompt, and one
        that answers is in the first picture."""
        self.run_worker(self._listen(), name="listen")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._first_rows_s):
                await self._heard.wait()

    def on_mount(self) -> None:
        self.run_worker(self.keys.serve(), name="keys")
        if self._by_itself:
            self.set_interval(FLUSH_S, self.flush)
            self.set_interval(TICK_S, self.tick)

    def on_ready(self) -> None:
        """The first picture is there. Where the garbage collector was off for it, it begins now, and never looks at
        what is there already: that stays to the end, and going through it would hold up keys and pictures."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    async def on_unmount(self) -> None:
        await self._client.close()

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        if small or self._was_small:
            self._cover(small)
        self._was_small = small

    def _cover(self, small: bool) -> None:
        from dialconsole.console.screens.too_small import TooSmall

        covered = isinstance(self.screen, TooSmall)
        if small and not covered:
            self.push_screen(TooSmall())
        elif covered and not small:
            self.pop_screen()

    def _fatal_error(self) -> None:
        """In place of Textual's traceback, which would show the values of local variables; see ``fault``."""
        from dialconsole.console.fault import problem_of

        error = sys.exc_info()[1] or self._exception
        self.problem = problem_of(error if error is not None else RuntimeError())
        self._close_messages_no_wait()

    # -- listening ------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        try:
            self.store.welcome(await self._client.connect())
        except Problem as problem:
            self.problem = problem
            self.exit(return_code=1)
            self._heard.set()
            return
        async for update in self._client.updates():
            if isinstance(update, Link) and update.final:
                self._leave(update.sentence)
                return
            if isinstance(update, Link) and update.connected and not self.store.connected:
                await self._greet_again()
            self.store.apply(update)
            if isinstance(update, Snapshot):
                self.flush()
                self._heard.set()
            elif isinstance(update, Link) and not update.connected:  # one that is connected brings a snapshot
                self.flush()

    def _leave(self, sentence: str) -> None:
        """The engine does not want us any more: staying would show people and numbers to whoever may not see them."""
        self.problem = Problem(sentence, code="refused")
        self.exit(return_code=1)

    async def _greet_again(self) -> None:
        """After a reconnect we may be somebody else to the engine: another id, another role."""
        try:
            self.store.welcome(await self._client.connect())
        except Problem as problem:
            self.say(problem.sentence, "error")

    # -- painting -------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Paint what changed since the last time, unless the terminal is behind."""
        if not self._output_backed_up():
            self.paint_changes()

    def paint_changes(self) -> None:
        """The same, whatever the terminal does: what is painted first is behind Textual's own words to the terminal."""
        places = self._places()
        if not places:
            return
        changes = self.store.take_changes()
        if changes:
            for screen in places:
                screen.repaint_frame(changes)

    def tick(self) -> None:
        """A second of real time went by."""
        if self._output_backed_up():
            return
        if self._answer is not None and self._monotonic() - self._answer[1] > ANSWER_S:
            self._answer = None
        for screen in self._places():
            screen.tick()

    def _places(self) -> list[PlaceScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, PlaceScreen) and screen.is_mounted]

    def _output_backed_up(self) -> bool:
        """Whether the terminal has not read what was written. Textual offers no public way to ask its writer."""
        queue = getattr(getattr(self._driver, "_writer_thread", None), "_queue", None)
        return queue is not None and not queue.empty()

    # -- saying ---------------------------------------------------------------------------------------------------

    def say(self, sentence: str, severity: str = "info") -> None:
        """Show an answer on the message line of every screen, for some seconds."""
        self._answer = Answer(sentence, severity), self._monotonic()
        for screen in self._places():
            screen.redraw_message()

    def current_answer(self) -> Answer | None:
        return self._answer[0] if self._answer is not None else None

    # -- keys -----------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys wait until what the key before them opened has the focus; see ``key_line``."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            self.keys.join(event)
        else:
            await super().on_event(event)

    def action_help_quit(self) -> None:
        """Ctrl+c, in place of Textual's notice: it is pressed to leave, and has to say how one leaves."""
        self.say(
            "ctrl+c does nothing here. q detaches (in details esc goes back first), ctrl+q from anywhere; "
            "the engine and its calls go on."
        )

    # -- themes and palette ---------------------------------------------------------------------------------------

    def use_theme(self, name: str) -> None:
        """Change the colours. Raises ``Problem`` for a theme that is not there or has faults."""
        theme = load_theme(name)
        self.register_theme(theme)
        self.theme = theme.name

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: what can be done here, and the themes. Textual's own list is not used: its screenshot writes
        people's phone numbers to a file."""
        if isinstance(screen, PlaceScreen):
            for action in screen.usable_actions():
                if action.name != "palette":
                    run = partial(screen.action_act, action.name)
                    yield SystemCommand(f"{action.title} ({action.shown})", action.help, run)
        for name in available_themes():
            yield SystemCommand(f"theme {name}", f"Use the colours of {name}", partial(self._try_theme, name))

    def _try_theme(self, name: str) -> None:
        try:
            self.use_theme(name)
        except Problem as problem:
            self.say(problem.sentence, "error")


def run_console(
    client: EngineClient, theme: str = DEFAULT_THEME, ascii_only: bool = False, *, first_rows_s: float = FIRST_ROWS_S
) -> None:
    """Attach a console and stay until it is left. ``first_rows_s``: seconds that the first picture waits for rows.

    Raises ``Problem`` if the engine refuses us, the theme has faults, or there is no terminal to draw on (Textual
    draws on stderr; with that in a file one would sit in front of a blank screen).
    """
    if not sys.stderr.isatty() or not sys.stdin.isatty():
        raise Problem("The console needs a terminal on stdin and stderr; without one, use: dialconsole status")
    app = ConsoleApp(client, theme=theme, ascii_only=ascii_only, first_rows_s=first_rows_s)
    app.run()
    if app.problem is not None:
        raise app.problem
