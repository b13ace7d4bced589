"""Opening a trunk: its document, its limits, its backend and its dialer come and go together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from dialconsole.engine.dialer import TrunkDialer, trunk_scope
from dialconsole.engine.floor import Floor
from dialconsole.model.campaign import Trunk
from dialconsole.model.errors import Problem
from dialconsole.telephony.asides import TakesWebhooks
from dialconsole.telephony.backend import Backend

log = logging.getLogger(__name__)

BackendFactory = Callable[[Trunk], Backend]


class TrunkOpener:
    """``dialing`` false: only the document is kept, for commands on a workspace without a running engine."""

    def __init__(self, floor: Floor, make_backend: BackendFactory, *, dialing: bool) -> None:
        self._floor = floor
        self._make_backend = make_backend
        self._dialing = dialing
        self._started = False
        self._running: dict[str, asyncio.Task[None]] = {}

    async def check(self, trunk: Trunk) -> None:
        """Raise ``Problem`` if no backend can be made for a trunk: it must not be written down then."""
        await self._make_backend(trunk).close()

    async def open(self, trunk: Trunk) -> None:
        """Make a trunk ready. Its dialer starts at once if the others run already.

        If no backend can be made for it (keys are missing, say) its circuit is open with the reason: one trunk that
        cannot work must not keep the engine from coming up.
        """
        floor, name = self._floor, trunk.name
        care = floor.care.open(name)
        floor.trunks[name] = trunk
        floor.apply_limits(trunk)
        if not self._dialing:
            return
        care.make_anew = lambda: floor.later(self._make_anew(name))
        floor.dialers[name] = TrunkDialer(
            name, floor, floor.queue, floor.limiter, floor.brake, floor.care.trunks[name], floor.clock
        )
        try:
            floor.backends[name] = self._made(trunk)
        except Exception as error:
            care.cannot(_why_not(name, error))
        if self._started:
            self._start(name)

    @asynccontextmanager
    async def at_rest(self, name: str) -> AsyncIterator[None]:
        """No call of the trunk is started meanwhile; those in progress go on."""
        dialing = name in self._running
        await self._stop_dialer(name)
        try:
            yield
        finally:
            if dialing and self._started and name in self._floor.dialers and name not in self._running:
                self._start(name)

    async def renew(self, name: str) -> None:
        """Make a trunk's backend anew, unless calls are in progress on the old one. Raises ``Problem``."""
        floor = self._floor
        old = floor.backends.get(name)
        if not self._dialing or (old is not None and floor.limiter.usage(trunk_scope(name)).live):
            return
        floor.backends[name] = self._made(floor.trunks[name])
        if old is not None:
            await old.close()

    def _made(self, trunk: Trunk) -> Backend:
        """Its backend, whose asides become alerts. Raises ``Problem``."""
        backend = self._make_backend(trunk)
        if isinstance(backend, TakesWebhooks):
            backend.tell_with(
                lambda sentence, severity: self._floor.notices.tell(f"{trunk.name}: {sentence}", severity)
            )
        return backend

    async def _make_anew(self, name: str) -> None:
        """For a circuit whose wait is over."""
        care = self._floor.care.trunks.get(name)
        if care is None:
            return
        try:
            await self.renew(name)
        except Exception as error:  # whatever it is: nobody else would ever try this trunk again
            care.cannot(_why_not(name, error))
        else:
            care.revived()

    def start_all(self) -> None:
        """Let every dialer dial, those of trunks opened later too."""
        self._started = self._dialing
        for name in self._floor.dialers:
            self._start(name)

    def _start(self, name: str) -> None:
        dialing = self._running[name] = asyncio.get_running_loop().create_task(self._floor.dialers[name].run())
        dialing.add_done_callback(partial(self._ended, name))
        self._floor.wake_all()

    def _ended(self, name: str, dialing: asyncio.Task[None]) -> None:
        """A dialer ends when it is told to, or by a fault of ours; its trunk must not stand still in silence then."""
        if dialing.cancelled() or (error := dialing.exception()) is None:
            return
        log.error("the dialer of trunk %s failed", name, exc_info=error)
        self._floor.notices.tell(
            f"An internal fault ({type(error).__name__}) ended the dialing of trunk {name}: it calls nobody until the "
            "engine is started again. The engine's log has the details.",
            "error",
        )

    async def close(self, name: str) -> None:
        """End a trunk's dialer and backend. Calls must be over."""
        await self._stop_dialer(name)
        backend = self._floor.backends.pop(name, None)
        if backend is not None:
            await backend.close()
        self._floor.dialers.pop(name, None)
        self._floor.trunks.pop(name, None)
        self._floor.care.close(name)
        self._floor.limiter.remove(trunk_scope(name))

    async def stop_dialers(self) -> None:
        """No new calls from here on."""
        self._started = False
        for name in list(self._running):
            await self._stop_dialer(name)

    async def _stop_dialer(self, name: str) -> None:
        task = self._running.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def close_all(self) -> None:
        await self.stop_dialers()
        for name in list(self._floor.trunks):
            await self.close(name)


def _why_not(trunk: str, error: Exception) -> str:
    """Why no backend could be made, as a sentence; a fault of ours has its details in the log."""
    if isinstance(error, Problem):
        return error.sentence
    log.error("the backend of trunk %s could not be made", trunk, exc_info=error)
    return f"An internal fault ({type(error).__name__}): the engine's log has the details."
