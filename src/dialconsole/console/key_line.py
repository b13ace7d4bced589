"""Keys wait in a line: none is given to the screen before all that the key before it set off is done.

A quick finger, a slow line or a macro brings several keys at once, and each must act where a person saw it going:
``/pause`` is a search for "pause", never ``/`` and then ``p`` for the campaign behind. Textual does not promise that:
a letter is taken by the field at once while an editing key goes up to the app's bindings first, and a new focus or
dialog is only a message behind the keys that came already.

Rejected: a field that runs its own bindings (it keeps order within itself, but not for tab, the buttons or the dialog
that is just opening), and a pause between keys (too short on a slow machine, too long for a typist on any).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump

QUIET_ROUNDS = 2
"""A handler may answer a message with another one, as a bar does that closes on enter; one quiet round may be luck."""


class KeyLine:
    """One for each app. ``give`` hands a key or a paste to whatever has the focus, as Textual does it."""

    def __init__(self, app: App[Any], give: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._give = give
        self._waiting: asyncio.Queue[events.Event] = asyncio.Queue()
        self._giving = False

    @property
    def busy(self) -> bool:
        """Whether a key waits, or what it set off is not done."""
        return self._giving or not self._waiting.empty()

    def join(self, event: events.Event) -> None:
        """Take a key or a paste as the last in the line."""
        self._waiting.put_nowait(event)

    async def serve(self) -> None:
        """Give the keys out one by one, for as long as the app runs."""
        while True:
            event = await self._waiting.get()
            self._giving = True
            try:
                way = self._way()
                await self._give(event)
                await _pass(way)
                await self._settle()
            finally:
                self._giving = False

    async def _settle(self) -> None:
        """Wait until the focus stays where it is and nothing that goes up from there is under way.

        What takes time, the engine's answer above all, is not waited for: it goes on in a worker, whose first step
        (as far as opening its dialog) is made before the app has dealt with a message that was posted later.
        """
        quiet = 0
        while quiet < QUIET_ROUNDS:
            way = self._way()
            await _pass(way)
            quiet = quiet + 1 if self._way() == way else 0

    def _way(self) -> list[DOMNode]:
        """Whom a key goes to, one after another: from the focus, or a screen without one, up to the app."""
        return (self._app.focused or self._app.screen).ancestors_with_self


async def _pass(way: list[DOMNode]) -> None:
    """Wait until each in turn has dealt with what was posted to it, or handed on to it by those before."""
    for node in way:
        await _caught_up(node)


async def _caught_up(pump: MessagePump) -> None:
    done = asyncio.Event()
    if pump.call_later(done.set):  # one that is being closed takes nothing any more
        await done.wait()
