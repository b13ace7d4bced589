"""Who may be called of a campaign, who not, and why."""

from __future__ import annotations

import asyncio

from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.dialable import Dialable
from dialconsole.engine.floor import Floor
from dialconsole.engine.queue import CallQueue
from dialconsole.model.dialable import DialableReport, UndialablePage
from dialconsole.model.request.looking import ListUndialable, ShowDialable
from dialconsole.model.request.request import Caller


class DialableSection:
    """``dialable`` counts what the engine has queued; without an engine that dials nothing is, so it is ``None``."""

    def __init__(self, floor: Floor, dialable: Dialable | None) -> None:
        self._floor = floor
        self._dialable = dialable

    def handlers(self) -> Handlers:
        return {ShowDialable: self.report, ListUndialable: self.page}

    async def report(self, request: ShowDialable, caller: Caller) -> DialableReport:
        return await (await self._counted()).report(request.name, fresh=request.fresh)

    async def page(self, request: ListUndialable, caller: Caller) -> UndialablePage:
        return await (await self._counted()).page(request.name, request.code, request.after, request.limit)

    async def _counted(self) -> Dialable:
        if self._dialable is not None:
            return self._dialable
        floor = self._floor
        queue = CallQueue(lambda campaign, place, now: (False, now + 1.0))
        async for block in floor.ledger.queued():
            queue.load(block, floor.clock.time())
            await asyncio.sleep(0)
        return Dialable(floor, queue, await floor.ledger.places(), await floor.ledger.facts())
