"""One task per trunk: waits for work and a slot, then starts a call.

It never polls. A campaign is *active* here while it may have something to dial right now; when a pick comes back
empty it leaves, and a timer for the queue's next change (a retry falls due, a window opens) brings it back, as do
events: a resume, an import, an outcome, room under its limits. With no active campaign the task sleeps on an event.

The slot is taken before the contact is chosen: whatever waits, waits in the queue, where it can still be suppressed,
paused or re-ordered, and the gate looks at it at the moment of the call.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import Protocol

from dialconsole.clock import Clock
from dialconsole.compliance.gate import CHECK_FAILED
from dialconsole.engine.brake import Brake
from dialconsole.engine.queue import CallQueue
from dialconsole.engine.stride import Stride
from dialconsole.engine.trunk_care import TrunkCare
from dialconsole.limits.limiter import Limiter, Slot
from dialconsole.model.verdict import Verdict, VerdictKind

log = logging.getLogger(__name__)

CHECK_AGAIN_S = 600.0
"""A contact is looked at again after this long if a check could not be made: whatever broke may be mended."""

CHOICES_PER_TURN = 200
"""Contacts judged before the loop gets its turn: about 2 ms."""


class DialerHost(Protocol):
    """What a dialer asks of the engine around it."""

    def running(self, campaign: str) -> bool:
        """Whether the campaign may start calls now."""

    def weight(self, campaign: str) -> int: ...

    def judge(self, contact: int) -> Verdict:
        """The gate's word on a contact that was just picked."""

    def refuse(self, contact: int, verdict: Verdict) -> None:
        """Give a refused contact its final state."""

    def launch(self, contact: int, verdict: Verdict, slot: Slot) -> None:
        """Start the call; the slot now belongs to it."""


def trunk_scope(trunk: str) -> str:
    return f"trunk:{trunk}"


def campaign_scope(campaign: str) -> str:
    return f"campaign:{campaign}"


class TrunkDialer:
    def __init__(
        self,
        trunk: str,
        host: DialerHost,
        queue: CallQueue,
        limiter: Limiter,
        brake: Brake,
        care: TrunkCare,
        clock: Clock,
    ) -> None:
        self.trunk = trunk
        self._care = care
        self._host = host
        self._queue = queue
        self._limiter = limiter
        self._brake = brake
        self._clock = clock
        self._stride = Stride()
        self._active: set[str] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._work = asyncio.Event()
        self.waiting_since: float | None = None
        """Since when there has been work and no slot for it (POSIX seconds)."""

    @property
    def idle(self) -> bool:
        """No campaign of this trunk has anything to dial now."""
        return not self._active

    @property
    def next_due(self) -> float | None:
        """Seconds until a retry falls due or a window opens for a campaign that has nothing to dial now."""
        now = asyncio.get_running_loop().time()
        return min((max(0.0, timer.when() - now) for timer in self._timers.values()), default=None)

    def wake(self, campaign: str) -> None:
        """Something changed for ``campaign``: it may have work now."""
        if campaign not in self._active and self._host.running(campaign):
            self._disarm(campaign)
            self._active.add(campaign)
            self._stride.enter(campaign)
        if self._active and not self._brake.on and not self._care.shut:
            self._work.set()

    def expect(self, campaign: str) -> None:
        """A contact was put back for later: make sure the timer is early enough."""
        if campaign not in self._active:
            self._arm(campaign)

    def forget(self, campaign: str) -> None:
        self._disarm(campaign)
        self._active.discard(campaign)
        self._stride.forget(campaign)

    async def run(self) -> None:
        """Start calls until cancelled."""
        scope = trunk_scope(self.trunk)
        try:
            while True:
                await self._work.wait()
                self.waiting_since = self._clock.time()
                slot = await self._limiter.acquire(scope)
                self.waiting_since = None
                launched = False
                try:
                    launched = await self._launch_one(slot)
                finally:
                    if not launched:
                        slot.release()
        finally:
            for campaign in list(self._timers):
                self._disarm(campaign)

    async def _launch_one(self, slot: Slot) -> bool:
        while not self._brake.on and not self._care.shut and (campaign := self._stride.next(self._active)) is not None:
            scope = campaign_scope(campaign)
            if not self._host.running(campaign):
                self.forget(campaign)
            elif not self._limiter.has_room(scope):
                self._active.discard(campaign)  # room under its own limits wakes it
            else:
                chosen = await self._choose(campaign)
                if chosen is None:
                    continue
                if await slot.join(scope):
                    self._stride.served(campaign, self._host.weight(campaign))
                    self._host.launch(*chosen, slot)
                    return True
                self._queue.give_back(chosen[0])
        self._work.clear()
        return False

    async def _choose(self, campaign: str) -> tuple[int, Verdict] | None:
        """The campaign's next contact that the gate lets through; ``None`` if it has none now."""
        for _ in range(CHOICES_PER_TURN):
            contact = self._queue.pick(campaign, self._clock.time())
            if contact is None:
                self._active.discard(campaign)
                self._arm(campaign)
                return None
            try:
                verdict = self._host.judge(contact)
            except Exception:  # a fault of ours in one contact: a check that could not be made, and no reason to stop
                log.exception("contact %s of %s could not be judged", contact, campaign)
                self._queue.hold(contact, self._clock.time() + CHECK_AGAIN_S, CHECK_FAILED)
                continue
            if self._brake.on or not self._host.running(campaign):  # judging may itself find the clock jumped
                self._queue.give_back(contact)
                return None
            if verdict.clear:
                return contact, verdict
            self._set_aside(contact, verdict)
        self._stride.served(campaign, self._host.weight(campaign))  # its turn: others may have somebody
        await asyncio.sleep(0)
        return None

    def _set_aside(self, contact: int, verdict: Verdict) -> None:
        if verdict.verdict is VerdictKind.REFUSED:
            self._host.refuse(contact, verdict)
            return
        decisive = verdict.decisive
        code = decisive.code if decisive is not None else "held"
        until = verdict.until
        if until is None:
            until = self._clock.time() + CHECK_AGAIN_S if code == CHECK_FAILED else math.inf
        self._queue.hold(contact, until, code)

    def _arm(self, campaign: str) -> None:
        self._disarm(campaign)
        if not self._host.running(campaign):
            return
        now = self._clock.time()
        at = self._queue.next_change(campaign, now)
        if at is None or at == math.inf:  # not what was given back, which has been due for ever: at once
            return
        loop = asyncio.get_running_loop()
        self._timers[campaign] = loop.call_later(max(0.0, at - now), self._due, campaign)

    def _due(self, campaign: str) -> None:
        self._timers.pop(campaign, None)
        self.wake(campaign)

    def _disarm(self, campaign: str) -> None:
        timer = self._timers.pop(campaign, None)
        if timer is not None:
            timer.cancel()
