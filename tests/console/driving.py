"""A console attached to the fake engine, driven by keys, read as text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from console.fake_engine import FakeEngine, HandClock
from dialconsole.console.app import ConsoleApp
from dialconsole.console.widgets.footer import KeyFooter
from dialconsole.console.widgets.header import Header
from dialconsole.console.widgets.message_line import MessageLine

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (160, 45)


def console(
    engine: FakeEngine, clock: HandClock | None = None, *, theme: str = "dark", ascii_only: bool = False
) -> ConsoleApp:
    """An app in which nothing happens by itself."""
    return ConsoleApp(engine, theme=theme, ascii_only=ascii_only, monotonic=clock or HandClock(), timers=False)


async def settle(pilot: Pilot[None]) -> None:
    """Let messages, workers and answers come to rest, and paint what they left.

    A pause of nought waits until every widget has dealt with its messages; without an argument it would wait for the
    processor to be idle, which takes real time on a machine that has other work.
    """
    app = pilot.app
    assert isinstance(app, ConsoleApp)
    for _ in range(5):
        await pilot.pause(0)
        while app.keys.busy and app.is_running:
            await pilot.pause(0)
        app.flush()
    await pilot.pause(0)


def text_on(app: ConsoleApp) -> str:
    """All that stands on the terminal."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


class Driver:
    """What a test does at the console, and what it sees there."""

    def __init__(self, pilot: Pilot[None], app: ConsoleApp, engine: FakeEngine, clock: HandClock) -> None:
        self.pilot = pilot
        self.app = app
        self.engine = engine
        self.clock = clock

    async def press(self, *keys: str) -> None:
        """Keys one after another, each dealt with before the next."""
        for key in keys:
            await self.burst(key)

    async def burst(self, *keys: str) -> None:
        """Keys as a quick finger or a slow line brings them: all at once, before any of them was dealt with."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(self.pilot)

    async def type(self, text: str) -> None:
        """Text into whatever has the focus; not key by key through the pilot, which waits after each."""
        for char in text:
            self.app.post_message(events.Key(_KEYS.get(char, char), char))
        await settle(self.pilot)

    async def seconds(self, seconds: float) -> None:
        """Real time goes by."""
        self.clock.forward(seconds)
        self.app.tick()
        await settle(self.pilot)

    async def settle(self) -> None:
        await settle(self.pilot)

    @property
    def text(self) -> str:
        return text_on(self.app)

    def line(self, start: str) -> str:
        """The first line that has ``start`` in it; fails the test if there is none."""
        return next(line for line in self.text.splitlines() if start in line)

    @property
    def message(self) -> str:
        return " ".join(self.app.screen.query_one(MessageLine).text.split())

    @property
    def footer(self) -> str:
        return self.app.screen.query_one(KeyFooter).text

    @property
    def header(self) -> str:
        return self.app.screen.query_one(Header).text


@asynccontextmanager
async def attached(
    engine: FakeEngine | None = None, *, size: tuple[int, int] = SMALL, theme: str = "dark", ascii_only: bool = False
) -> AsyncIterator[Driver]:
    """A console in the midst of the morning."""
    engine, clock = engine or FakeEngine(), HandClock()
    app = console(engine, clock, theme=theme, ascii_only=ascii_only)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield Driver(pilot, app, engine, clock)


_KEYS = {" ": "space", "+": "plus", "-": "minus", "/": "slash", "(": "left_parenthesis", "!": "exclamation_mark"}
