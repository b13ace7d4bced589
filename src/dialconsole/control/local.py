"""An engine in this very process: commands on a workspace that no engine serves, and tests.

The twin of ``control.client``, with the same checks and the same merging of changes, so that code written against one
behaves the same on the other. Rejected: letting commands call the engine directly. They would then be written twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from dialconsole import __version__
from dialconsole.control.answer import answer
from dialconsole.control.peer import FLUSH_S
from dialconsole.control.port import EnginePort, Link, Snapshot, Update, Welcome
from dialconsole.control.subscription import Subscription
from dialconsole.control.wire import pack, unpack_request
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller, Request

R = TypeVar("R")


class LocalClient:
    """``EngineClient`` without a wire. Closing it does not close the engine: whoever opened that does."""

    def __init__(self, port: EnginePort, caller: Caller, *, rate: float = 1.0) -> None:
        self._port = port
        self._caller = caller
        self._rate = rate
        self._closed = False
        self._subscriptions: set[Subscription] = set()

    async def connect(self) -> Welcome:
        return Welcome(user=self._caller.user, role=self._caller.role, client_id="local", version=__version__)

    async def request(self, request: Request[R]) -> R:
        if self._closed:
            raise Problem("The connection was closed.", code="disconnected")
        # A struct is not checked when it is made, only when it is decoded; the wire would have done that.
        checked = unpack_request(pack(request))
        result: R = await answer(self._port, checked, self._caller)
        return result

    async def updates(self) -> AsyncIterator[Update]:
        subscription = Subscription(self._port)
        self._subscriptions.add(subscription)
        try:
            yield Link(connected=True, latency_s=0.0)
            yield Snapshot(rows=tuple(subscription.views(subscription.keys)))
            while True:
                await subscription.changed()
                if subscription.closed:
                    return
                yield subscription.take(len(subscription))
                await asyncio.sleep(FLUSH_S * self._rate)
        finally:
            self._subscriptions.discard(subscription)
            subscription.close()

    async def close(self) -> None:
        self._closed = True
        for subscription in tuple(self._subscriptions):
            subscription.close()
