"""An engine behind its socket, until it is told to end: by a console, by a signal, or because its parent is gone.

SIGTERM and SIGINT let the calls in progress end, for a bounded time; a second one ends at once. What is left then keeps
its claims in the ledger, and the next start looks after it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from dialconsole.control.server import ControlServer
from dialconsole.model.request.people import StopEngine
from dialconsole.model.request.request import Caller
from dialconsole.model.view import Role

if TYPE_CHECKING:
    from pathlib import Path

    from dialconsole.clock import Clock
    from dialconsole.engine.engine import Engine

log = logging.getLogger(__name__)

DRAIN_S = 30.0
"""Real seconds that calls in progress get. A service manager's own patience (systemd: 90 s) should be longer."""


async def serve(
    engine: Engine,
    socket: Path,
    clock: Clock,
    *,
    drain_s: float = DRAIN_S,
    hang_up_signal: bool = True,
    lifeline: int | None = None,
) -> None:
    """Answer at ``socket`` until the engine is stopped, then close both. Raises ``Problem`` if the socket is taken.

    ``hang_up_signal`` false ignores SIGHUP, for an engine that nobody's terminal owns. ``lifeline`` is the reading end
    of a pipe: when its other end closes, whoever wanted this engine is gone, and it ends without waiting for calls.
    """
    server = ControlServer(engine, socket, clock=clock)
    ending = _Ending(engine, drain_s)
    try:
        with ending.on_signals(hang_up_signal), ending.on_end_of(lifeline):
            await server.start()
            log.info("answering at %s", socket)
            await ending.wait()
    finally:
        await server.close()
        await engine.close()
        log.info("ended")


class _Ending:
    """What may end an engine."""

    def __init__(self, engine: Engine, drain_s: float) -> None:
        self._engine = engine
        self._drain_s = drain_s
        self._at_once = asyncio.Event()
        self._stopping: asyncio.Task[None] | None = None

    async def wait(self) -> None:
        """Until the engine has stopped, or somebody cannot wait for that."""
        waits = [asyncio.create_task(event.wait()) for event in (self._engine.stopped, self._at_once)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    @contextmanager
    def on_signals(self, hang_up_signal: bool) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        signals = [signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if hang_up_signal else [])]
        if not hang_up_signal:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in signals:
            loop.add_signal_handler(number, partial(self._signalled, number))
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    @contextmanager
    def on_end_of(self, pipe: int | None) -> Iterator[None]:
        if pipe is None:
            yield
            return
        loop = asyncio.get_running_loop()
        loop.add_reader(pipe, self._parent_gone, pipe)
        try:
            yield
        finally:
            loop.remove_reader(pipe)

    def _signalled(self, number: signal.Signals) -> None:
        if self._stopping is None:
            self._stop(number.name, self._drain_s)
        else:
            log.warning("%s again: ending at once; the next start looks after the calls in progress", number.name)
            self._at_once.set()

    def _parent_gone(self, pipe: int) -> None:
        if not os.read(pipe, 1024):
            asyncio.get_running_loop().remove_reader(pipe)
            self._stop("the demonstration is over", 0.0)

    def _stop(self, why: str, drain_s: float) -> None:
        log.info("stopping: %s", why)
        self._stopping = asyncio.create_task(self._ask_to_stop(why, drain_s))

    async def _ask_to_stop(self, why: str, drain_s: float) -> None:
        caller = Caller(user="system", uid=os.getuid(), pid=os.getpid(), role=Role.ADMIN)
        try:
            await self._engine.handle(StopEngine(drain_s=drain_s, reason=why), caller)
        except Exception:
            log.exception("the engine could not be asked to stop")
            self._at_once.set()
