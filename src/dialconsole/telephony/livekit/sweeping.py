"""Rooms that must go but could not be deleted at once: tried again beside everything else, for a while.

A call's place at the trunk is given back when the call is over for us; its room may outlive it by a server that is
away or a task that was cancelled, and then a phone may still ring in it. LiveKit's own time-outs end what is left after
that.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from dialconsole.telephony.livekit.server import Failure, Server
from dialconsole.telephony.livekit.wire import in_short

log = logging.getLogger(__name__)

SWEEP_S: Final = 120.0
"""How long a room is tried; then LiveKit has closed it, or rings no phone in it any more."""

AGAIN_S: Final = 2.0
"""Between two tries, doubling up to ``SLOWEST_S``."""

SLOWEST_S: Final = 16.0


class Sweeper:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[None]] = set()

    def sweep(self, room: str, *, again_after_s: float = 0.0) -> None:
        """Delete the room, soon; and once more ``again_after_s`` later, for a dial that was overtaken by that."""
        task = asyncio.get_running_loop().create_task(self._sweep(room, again_after_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def let_end(self, task: asyncio.Task[Any]) -> None:
        """Cancel what a call has left running, and keep it until it has ended; whatever it ends with."""
        task.cancel()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())

    def __len__(self) -> int:
        return len(self._tasks)

    async def close(self, patience_s: float) -> None:
        """Let those at work finish their try, then give up on the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _sweep(self, room: str, again_after_s: float) -> None:
        await self._delete(room)
        if again_after_s:
            await asyncio.sleep(again_after_s)
            await self._delete(room)

    async def _delete(self, room: str) -> None:
        loop = asyncio.get_running_loop()
        give_up_at, wait_s = loop.time() + SWEEP_S, AGAIN_S
        while True:
            try:
                await self._server.delete_room(room)
                return
            except Failure as error:
                if loop.time() + wait_s > give_up_at:
                    log.warning(
                        "room %s could not be deleted: %s; LiveKit's own time-outs end it", room, in_short(error)
                    )
                    return
            await asyncio.sleep(wait_s)
            wait_s = min(SLOWEST_S, wait_s * 2)
