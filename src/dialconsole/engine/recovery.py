"""After a crash: every claim without an outcome is looked for at its backend, and none is ever dialed again unasked.

    alive         adopted, and supervised to its end
    gone          settled by what the ledger has: a machine was heard, or somebody answered; else unknown, because the
                  phone may have rung
    unreachable   asked again until the grace time is over, then unknown

Rejected: giving claims back to the queue (a request may still have been in flight: people are called twice) and
giving them up silently (people are never called). Unknown is an outcome of its own, and an alert names it.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from dialconsole.engine.call import LiveCall
from dialconsole.engine.dialer import campaign_scope, trunk_scope
from dialconsole.engine.floor import Floor
from dialconsole.limits.limiter import GUARD_S, WINDOW_S, Slot
from dialconsole.model.attempt import AttemptRecord, Claim
from dialconsole.model.campaign import Campaign
from dialconsole.telephony.backend import Backend, CallEnd, Found, outcome_of_gone

GRACE_S = 120.0
"""How long an unreachable backend is asked: longer than any ring, and than LiveKit's cap of 80 s on one dial."""

ASK_AGAIN_S = 5.0

LONGEST_SETUP_S = 60.0
"""A call claimed longer ago than this before the window cannot have started inside it: agents get 10 s to be ready."""


class _Sought(NamedTuple):
    """A call that may live, as it binds others until that is known."""

    claim: Claim
    doc: Campaign
    call: LiveCall
    slot: Slot


class Recovery:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def run(self) -> int:
        """Take up what the last engine left; returns how many claims there were. Dialing may start meanwhile."""
        await self._refill_windows()
        claims = await self._floor.ledger.unfinished()
        docs = self._floor.campaigns
        bound = [await self._bind(claim, docs[claim.campaign]) for claim in claims if claim.campaign in docs]
        for sought in bound:
            self._floor.later(self._take_up(sought))
        if claims:
            self._floor.notices.tell(
                f"{len(claims)} calls were in progress when the last engine ended: each is looked for at its trunk",
                "warning",
            )
        return len(claims)

    async def _refill_windows(self) -> None:
        """Starts of the last minute count after a restart too; the carrier has not forgotten them."""
        floor, now = self._floor, self._floor.clock.time()
        before: int | None = None
        while True:
            page = await floor.ledger.attempts(before_seq=before, limit=1000)
            for attempt in page:
                started = attempt.dialed_at or attempt.claimed_at
                if attempt.outcome is not None and started > now - WINDOW_S - GUARD_S:
                    floor.limiter.occupy(_scopes(attempt), started_ago=max(0.0, now - started)).release()
            if not page or page[-1].claimed_at < now - WINDOW_S - LONGEST_SETUP_S:
                return
            before = page[-1].seq

    async def _bind(self, claim: Claim, doc: Campaign) -> _Sought:
        """What the call means for others to the number holds before anything is dialed, wherever the call is by now.

        It may ring or talk at this moment; the callee may have asked not to be called again, or have been talked to. So
        it takes its place at its trunk, too, whatever the limits say now; as if it had started just now.
        """
        safeguards, call = self._floor.safeguards, LiveCall(self._floor, None, claim, doc, None)
        sought = _Sought(claim, doc, call, self._floor.limiter.occupy(_scopes(claim), started_ago=0.0))
        self._floor.seek(call)
        await self._remember(call)
        if call.wish is not None:
            self._floor.suppress(call.wish)
        if call.answered_at is not None:
            safeguards.answered(call.digits, call.answered_at)
        return sought

    async def _take_up(self, sought: _Sought) -> None:
        trunk = sought.claim.trunk
        if trunk in self._floor.dialers:
            await self._look_after(sought)
        else:
            await self._settle(sought, backend=None, why=f"trunk {trunk} is gone")
        # From here on it is on the floor, which knows by itself. Had that failed, nobody could say whether it lives.
        self._floor.found(sought.call)

    async def _look_after(self, sought: _Sought) -> None:
        waited = 0.0
        backend, found = await self._find(sought.claim)
        while found is Found.UNREACHABLE and waited < GRACE_S:
            await asyncio.sleep(ASK_AGAIN_S)
            waited += ASK_AGAIN_S
            backend, found = await self._find(sought.claim)
        if backend is not None and found is Found.ALIVE:
            await self._adopt(sought, backend)
        else:
            why = "the trunk could not be asked" if found is Found.UNREACHABLE else "it was gone after the restart"
            await self._settle(sought, backend, why)

    async def _find(self, claim: Claim) -> tuple[Backend | None, Found]:
        """A trunk whose backend could not be made yet cannot be asked either."""
        backend = self._floor.backends.get(claim.trunk)
        return backend, await backend.find(claim.attempt) if backend is not None else Found.UNREACHABLE

    async def _adopt(self, sought: _Sought, backend: Backend) -> None:
        call = LiveCall(self._floor, backend, sought.claim, sought.doc, sought.slot)
        await self._remember(call)
        self._floor.enter(call, adopted=True)

    async def _settle(self, sought: _Sought, backend: Backend | None, why: str) -> None:
        call = LiveCall(self._floor, backend, sought.claim, sought.doc, sought.slot)
        await self._remember(call)
        self._floor.enter_over(call, CallEnd(outcome_of_gone(call.answered_at, call.heard), detail=why))

    async def _remember(self, call: LiveCall) -> None:
        """Give the call back what the ledger knows of it."""
        for event in await self._floor.ledger.events(call.claim.attempt):
            call.recall(event)


def _scopes(call: Claim | AttemptRecord) -> tuple[str, str]:
    return trunk_scope(call.trunk), campaign_scope(call.campaign)
