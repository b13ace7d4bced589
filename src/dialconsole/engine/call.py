"""The life of one call, from the claim to the settlement.

Claim (durable) -> the backend prepares -> last check -> INVITE -> ... -> outcome (durable, with the opt-out it caused
and the contact's next state). Whatever happens in between, exactly one settlement is written and the slot is
released; if the disk takes no settlement, the call waits for it here rather than forget what happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, Protocol

from dialconsole.clock import Clock
from dialconsole.compliance.gate import Gate, ProposedCall
from dialconsole.engine.retry import Decision, decide
from dialconsole.limits.limiter import Slot
from dialconsole.model.attempt import CallEvent, Claim, EventKind, Settlement
from dialconsole.model.campaign import Campaign
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import CallPhase, Outcome
from dialconsole.model.text import safe_text
from dialconsole.model.view import CallView
from dialconsole.store.ledger import Callee, Ledger, LedgerFull
from dialconsole.telephony.backend import Backend, CallEnd, CallOrder

log = logging.getLogger(__name__)

SETTLE_AGAIN_S = 5.0
"""Between two tries to write a settlement that the disk refused."""

HUNG_UP_EARLY = CallEnd(Outcome.CANCELLED, detail="hung up before the call was dialed")

# Looked up once: eight or nine steps make a call, and a member of an enum costs as much as a call in Python.
_DIALING, _ANSWERED, _OPT_OUT = EventKind.DIALING, EventKind.ANSWERED, EventKind.OPT_OUT
_HUMAN, _MACHINE = EventKind.HUMAN, EventKind.MACHINE

_PHASES = {
    EventKind.DIALING: CallPhase.DIALING,
    EventKind.RINGING: CallPhase.RINGING,
    EventKind.ANSWERED: CallPhase.LISTENING,
    EventKind.HUMAN: CallPhase.TALKING,
    EventKind.MACHINE: CallPhase.MACHINE,
}


class CallHost(Protocol):
    """What a call asks of the engine around it."""

    ledger: Ledger
    gate: Gate
    clock: Clock

    def campaign_now(self, name: str) -> Campaign:
        """The campaign's settings as they are now, not as they were when the call began."""

    def proposed(self, call: LiveCall) -> ProposedCall:
        """The call as the gate wants to see it."""

    def trouble(self, call: LiveCall) -> str:
        """Why it may not be dialed although the gate lets it; empty if it may."""

    def faults(self, contact: int) -> int:
        """Calls to a contact in a row, the newest, in which the trunk failed."""

    def moved(self, call: LiveCall) -> None:
        """The call is in a new phase."""

    def suppress(self, entry: OptOut) -> None:
        """The number may not be called from this instant; the settlement makes it durable."""

    def opted_out(self, entry: OptOut) -> None:
        """The callee asked, in the call, not to be called again: in force now, durable before the call is settled."""

    def not_claimed(self, call: LiveCall, why: LedgerFull) -> None:
        """The claim could not be written; nothing was dialed."""

    def not_claimable(self, call: LiveCall, why: Exception) -> None:
        """The ledger does not take the claim, today or later; nothing was dialed."""

    def settled(self, call: LiveCall, decision: Decision, end: CallEnd) -> None:
        """The outcome is in the ledger."""

    def unsettled(self, call: LiveCall, why: LedgerFull) -> None:
        """The outcome could not be written yet; the call keeps trying."""


class LiveCall:
    """One attempt while it lives; a ``CallLine`` for its backend.

    Without a backend it can only be closed: a call of a trunk that is no longer configured.
    """

    __slots__ = (
        "_backend",
        "_campaign",
        "_host",
        "_hung_up",
        "_not_at_once",
        "_recorded",
        "_slot",
        "_waits_for_turn",
        "answered_at",
        "cancelled_because",
        "claim",
        "dialed_at",
        "digits",
        "end",
        "ended_at",
        "heard",
        "name",
        "note",
        "phase",
        "since",
        "task",
        "wish",
    )

    def __init__(
        self, host: CallHost, backend: Backend | None, claim: Claim, campaign: Campaign, slot: Slot | None
    ) -> None:
        self.claim = claim
        self.digits = int(claim.number[1:])
        """The number as the gate and its indexes know it."""
        self.phase = CallPhase.PREPARING
        self.since = claim.at
        self.note = ""
        self.name = ""
        self.dialed_at: float | None = None
        self.answered_at: float | None = None
        self.heard: EventKind | None = None
        """``HUMAN`` or ``MACHINE``, once it is known who answered."""
        self.end: CallEnd | None = None
        self.ended_at: float | None = None
        self.cancelled_because = ""
        self.wish: OptOut | None = None
        """The callee asked, in this call, not to be called again: the entry that says so."""
        self.task: asyncio.Task[None] | None = None
        """In which the call lives; the floor's business."""
        self._recorded: frozenset[tuple[EventKind, int]] = frozenset()
        self._hung_up = self._not_at_once = self._waits_for_turn = False
        self._host = host
        self._backend = backend
        self._campaign = campaign
        self._slot = slot

    @property
    def agent(self) -> str | None:
        """The agent that it asked for; ``None``: its trunk's."""
        return self._campaign.agent

    async def run(self) -> None:
        """Claim, place, settle."""
        try:
            callee = await self._claim()
            if callee is not None:
                await self._settle(await self._ended(self._place(callee)))
        finally:
            self._release()

    async def _place(self, callee: Callee) -> CallEnd:
        assert self._backend is not None
        if self._hung_up:  # while the claim was written, when the backend could not know of it
            return HUNG_UP_EARLY
        return await self._backend.place(self._order(callee), self)

    async def resume(self) -> None:
        """Supervise a call that outlived the process which placed it, to its end."""
        assert self._backend is not None
        try:
            callee = await self._host.ledger.callee(self.claim.contact)
            self.name = callee.name
            adopted_at, order = self._host.clock.time(), self._order(callee)
            self.event(CallEvent(EventKind.ADOPTED, adopted_at))
            if self.dialed_at is None:  # the record was lost with the engine that dialed; its phone rings all the same
                self.dialed_at = adopted_at
            await self._settle(await self._ended(self._backend.adopt(order, self)))
        finally:
            self._release()

    async def close(self, end: CallEnd) -> None:
        """Settle a call that is over already: what recovery found out."""
        try:
            self.name = (await self._host.ledger.callee(self.claim.contact)).name
            await self._settle(end)
        finally:
            self._release()

    def recall(self, event: CallEvent) -> None:
        """Take in what the ledger recorded before a crash; a backend that tells it again is not written down twice.

        What binds other calls to the number (a wish, an answer) is for whoever recalls to put in force.
        """
        self._recorded |= {_same(event)}
        self._follow(event)

    async def hang_up(self, by: str, *, not_at_once: bool = False) -> None:
        """``not_at_once``: nor does the next call to this contact begin as soon as this one is over."""
        self._hung_up, self._not_at_once = True, self._not_at_once or not_at_once
        self.event(CallEvent(EventKind.HANG_UP, self._host.clock.time(), safe_text(by)))
        if self._backend is not None:
            await self._backend.hang_up(self.claim.attempt)
        if self._waits_for_turn:  # which may be minutes away
            self._release()

    async def _claim(self) -> Callee | None:
        try:
            callee = await self._host.ledger.claim(self.claim)
        except LedgerFull as why:
            self._host.not_claimed(self, why)
            return None
        except Exception as why:  # a fault of ours; a refused claim has changed nothing
            self._host.not_claimable(self, why)
            return None
        self.name = callee.name
        self.event(CallEvent(EventKind.CLAIMED, self.claim.at))
        return callee

    def _order(self, callee: Callee) -> CallOrder:
        claim, campaign = self.claim, self._campaign
        # By position here and below: by name it takes ten times as long, and each call has one.
        return CallOrder(
            claim.attempt,
            claim.number,
            claim.caller_id,
            claim.campaign,
            claim.trunk,
            claim.attempt_no,
            campaign.ring_timeout_s,
            campaign.max_call_s,
            campaign.silence_after_s,
            campaign.on_machine,
            campaign.agent,
            callee.name,
            callee.variables,
            self.dialed_at,
            self.answered_at,
            self.heard,
        )

    @property
    def ring_timeout_s(self) -> float:
        """How long it was ordered to ring, whatever the campaign says by now."""
        return self._campaign.ring_timeout_s

    # -- CallLine: what the backend says and asks ---------------------------------------------------------------------

    async def turn(self) -> None:
        """Wait for the trunk's spacing, or until somebody hangs up: ``may_dial`` says no then."""
        if self._slot is None:
            return
        self._waits_for_turn = True
        try:
            await self._slot.turn()
        except RuntimeError:  # released
            if not self._hung_up:
                raise
        finally:
            self._waits_for_turn = False

    async def may_dial(self) -> bool:
        """Start, then look once more: somebody may have paused, or opted out, meanwhile."""
        if self._slot is not None:
            await self._slot.start()
        at = self._host.clock.time()
        verdict = self._host.gate.recheck(self._host.proposed(self), at)
        clear = verdict.clear and not self._hung_up
        if self._hung_up:
            self.cancelled_because = HUNG_UP_EARLY.detail
        elif not clear:
            self.cancelled_because = verdict.reasons[0]
        elif why := self._host.trouble(self):
            clear, self.cancelled_because = False, why
        self.event(CallEvent(EventKind.RECHECKED, at, self.cancelled_because))
        return clear

    def event(self, event: CallEvent) -> None:
        if self._recorded and _same(event) in self._recorded:
            return
        host = self._host
        host.ledger.progress(self.claim.seq, event)
        if self._follow(event) and self.wish is not None:
            host.opted_out(self.wish)
        host.moved(self)

    def _follow(self, event: CallEvent) -> bool:
        """Take a step in. True if by it the callee asks not to be called again."""
        kind = event.kind
        self.note = event.detail
        phase = _PHASES.get(kind)
        if phase is None:
            if kind is not _OPT_OUT:
                return False
            self.wish = self._opt_out(OptOutSource.CALLER, event.detail or "asked not to be called", event.at)
            return True
        self.phase, self.since = phase, event.at
        if kind is _DIALING:
            self.dialed_at = event.at
        elif kind is _ANSWERED:
            self.answered_at = event.at
        elif kind is _HUMAN or kind is _MACHINE:
            self.heard = kind
        return False

    async def _ended(self, call: Coroutine[Any, Any, CallEnd]) -> CallEnd:
        """Wait for the end; the trunk has its place back from then on, whatever the disk does.

        A backend that raises has broken its promise. What the phone did is then not known, and so never repeated; but
        one that had not told of a dial yet has dialed nothing.
        """
        try:
            return await call
        except Exception as error:
            log.exception("the backend of trunk %s failed in call %s", self.claim.trunk, self.claim.attempt)
            outcome = Outcome.TRUNK_FAULT if self.dialed_at is None else Outcome.UNKNOWN
            return CallEnd(outcome, detail=f"the backend failed ({type(error).__name__})")
        finally:
            self._release()

    # -- the end ------------------------------------------------------------------------------------------------------

    async def _settle(self, end: CallEnd) -> None:
        now = self._host.clock.time()
        campaign = self._host.campaign_now(self.claim.campaign)
        decision = decide(
            campaign,
            end,
            attempts=self.claim.attempt_no - 1,
            dialed=self.dialed_at is not None,
            asked_to_stop=self.wish is not None,
            hung_up=self._not_at_once,
            now=now,
            faults=self._host.faults(self.claim.contact) + 1,
        )
        self.end, self.ended_at = end, now
        self.phase, self.since = CallPhase.ENDED, now
        self._host.ledger.progress(self.claim.seq, CallEvent(EventKind.ENDED, now, _ending(end)))
        declined = self._opt_out(OptOutSource.SIP603, _ending(end), now) if decision.opt_out else None
        if declined is not None:  # a wish has been in force since it was heard, unless a person took it back
            self._host.suppress(declined)
        # The wish too: a crash may have come between its event and its entry. The ledger keeps one entry for each call.
        settlement = self._settlement(end, decision, now, self.wish or declined)
        while True:
            try:
                await self._host.ledger.settle(settlement)
                break
            except LedgerFull as why:
                self._host.unsettled(self, why)
                await asyncio.sleep(SETTLE_AGAIN_S)
        self._host.settled(self, decision, end)

    def _settlement(self, end: CallEnd, decision: Decision, now: float, opt_out: OptOut | None) -> Settlement:
        reason = self.cancelled_because or decision.reason
        return Settlement(
            self.claim.seq,
            self.claim.contact,
            end.outcome,
            decision.status,
            decision.attempts,
            now,
            self.dialed_at,
            self.answered_at,
            decision.next_at,
            end.sip_code,
            end.sip_reason,
            (reason,) if reason else (),
            opt_out,
        )

    def _opt_out(self, source: OptOutSource, reason: str, at: float) -> OptOut:
        return OptOut(
            number=self.claim.number,
            source=source,
            reason=safe_text(reason),
            by="agent" if source is OptOutSource.CALLER else "engine",
            at=at,
            attempt=self.claim.attempt,
        )

    def _release(self) -> None:
        if self._slot is not None:
            self._slot.release()
            self._slot = None

    # -- the screen ---------------------------------------------------------------------------------------------------

    def view(self) -> CallView:
        """The call's row as it is now."""
        claim, campaign = self.claim, self._campaign
        due = None
        if self.phase is CallPhase.RINGING and self.dialed_at is not None:
            due = self.dialed_at + campaign.ring_timeout_s
        elif self.phase is CallPhase.LISTENING:
            due = self.since + campaign.silence_after_s
        return CallView(
            id=claim.attempt,
            number=claim.number,
            name=self.name,
            campaign=claim.campaign,
            trunk=claim.trunk,
            attempt_no=claim.attempt_no,
            max_attempts=campaign.retry.max_attempts,
            phase=self.phase,
            since=self.since,
            claimed_at=claim.at,
            zones=claim.evidence.zones,
            note=self.note,
            due=due,
            ended_at=self.ended_at,
            outcome=self.end.outcome if self.end else None,
            sip_code=self.end.sip_code if self.end else None,
        )


def _same(event: CallEvent) -> tuple[EventKind, int]:
    """What makes two tellings of a step the same: its kind, and its instant to the ledger's microsecond."""
    return event.kind, round(event.at * 1e6)


@lru_cache(maxsize=1024)
def _ending(end: CallEnd) -> str:
    """``603 Decline``, or what the backend said instead."""
    sip = " ".join(str(part) for part in (end.sip_code, end.sip_reason) if part)
    return safe_text(sip or end.detail or Outcome(end.outcome).value.replace("_", " "))
