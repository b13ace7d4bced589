"""An engine in another process, over its control socket.

Keeps itself connected while somebody reads ``updates``: an engine that is restarted, or an operator's laptop that
slept, costs a moment of grey and then a fresh snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from dialconsole.control.connection import UNWANTED, Connection
from dialconsole.control.inbox import Inbox
from dialconsole.control.port import Link, Update, Welcome
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Request

R = TypeVar("R")


class Pace(Struct, frozen=True):
    """Seconds: the first and the longest wait before connecting again, and between two pings."""

    first_wait_s: float = 0.2
    longest_wait_s: float = 2.0
    ping_s: float = 2.0
    silence_s: float = 6.0
    """An unanswered ping this old is told as a lost link: the engine is there, but stands still."""


class SocketClient:
    """``EngineClient`` over a unix socket. ``user`` is a label shown behind the account's name.

    ``updates`` has one reader at a time. ``coming_up`` is waited for before the first connection, where the engine has
    only just been started; its ``Problem`` is that of ``connect``.
    """

    def __init__(
        self,
        path: Path,
        user: str | None = None,
        *,
        pace: Pace | None = None,
        coming_up: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._path = path
        self._user = user or ""
        self._pace = pace or Pace()
        self._coming_up = coming_up
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._inbox = Inbox()
        self._keeping: asyncio.Task[None] | None = None

    async def connect(self) -> Welcome:
        """Say hello, unless we are connected. Raises ``Problem``."""
        async with self._connecting:
            if self._coming_up is not None:
                await self._coming_up()
                self._coming_up = None
            if self._connection is None or self._connection.lost.done():
                self._connection = await Connection.open(self._path, self._user)
            return self._connection.welcome

    async def request(self, request: Request[R]) -> R:
        if self._connection is None:
            await self.connect()
        assert self._connection is not None
        return await self._connection.ask(request)

    async def updates(self) -> AsyncIterator[Update]:
        inbox = self._inbox = Inbox()
        self._keeping = asyncio.create_task(self._keep(inbox))
        try:
            while news := await inbox.take():
                for update in news:
                    yield update
        finally:
            self._keeping.cancel()

    async def close(self) -> None:
        self._inbox.end()
        if self._keeping is not None:
            self._keeping.cancel()
        if self._connection is not None:
            await self._connection.close()

    # -- staying connected --

    async def _keep(self, inbox: Inbox) -> None:
        wait = self._pace.first_wait_s
        told = ""
        while True:
            try:
                await self.connect()
            except Problem as problem:
                if problem.code in UNWANTED:
                    self._give_up(inbox, problem.sentence)
                    return
                if problem.sentence != told:
                    told = problem.sentence
                    inbox.put(Link(connected=False, sentence=told))
                await asyncio.sleep(wait)
                wait = min(wait * 2, self._pace.longest_wait_s)
                continue
            wait, told = self._pace.first_wait_s, ""
            assert self._connection is not None
            await self._stay(self._connection, inbox)
            if self._connection.refused:
                self._give_up(inbox, self._connection.lost.result())
                return

    def _give_up(self, inbox: Inbox, sentence: str) -> None:
        inbox.put(Link(connected=False, sentence=sentence, final=True))
        inbox.end()

    async def _stay(self, connection: Connection, inbox: Inbox) -> None:
        """Subscribe, and measure the line until it is lost."""
        inbox.put(Link(connected=True))
        connection.subscribe(inbox)
        measuring = asyncio.create_task(self._measure(connection, inbox))
        try:
            sentence = await asyncio.shield(connection.lost)
        finally:
            measuring.cancel()
        if not connection.refused:
            inbox.put(Link(connected=False, sentence=sentence))

    async def _measure(self, connection: Connection, inbox: Inbox) -> None:
        while True:
            ping = asyncio.create_task(connection.ping())
            try:
                _, silent = await asyncio.wait([ping], timeout=self._pace.silence_s)
                if silent:
                    inbox.put(Link(connected=False, sentence="The engine is there, but has stopped answering."))
                inbox.put(Link(connected=True, latency_s=await ping))
            finally:
                ping.cancel()
            await asyncio.sleep(self._pace.ping_s)
