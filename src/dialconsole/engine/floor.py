"""The calling floor: what dialers and calls share, and the one place where their effects meet.

A dialer asks the floor which campaign may start calls and what the gate says of a contact; a call tells it what
happened. The floor moves the contact in the queue, counts, and says what changed on the screens. It knows nothing of
consoles, requests or files of its own: ``Engine`` builds it, ``Desk`` changes it for people, ``Board`` shows it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import structs

from dialconsole.clock import Clock
from dialconsole.compliance.gate import ProposedCall
from dialconsole.engine.brake import Brake
from dialconsole.engine.call import LiveCall
from dialconsole.engine.care import Care
from dialconsole.engine.dialer import TrunkDialer, campaign_scope, trunk_scope
from dialconsole.engine.fault_rows import FaultRows
from dialconsole.engine.notices import Notices
from dialconsole.engine.optout_writer import OptOutWriter
from dialconsole.engine.queue import CallQueue
from dialconsole.engine.refusal_writer import RefusalWriter
from dialconsole.engine.retry import MOST_FAULTS, Decision
from dialconsole.engine.safeguards import Safeguards, proposed
from dialconsole.engine.standing import Day, Standing
from dialconsole.engine.troubles import Troubles
from dialconsole.limits.limiter import Limiter, Slot
from dialconsole.model.attempt import Claim
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import CallPhase, CampaignState, ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.model.terms import CallTerms, terms_of
from dialconsole.model.verdict import CheckName, Verdict
from dialconsole.model.view import ImportView, Kind
from dialconsole.store.ledger import Ledger, LedgerFull
from dialconsole.telephony.backend import Backend, CallEnd

log = logging.getLogger(__name__)

ENDING = "ending"
OFFLINE = "offline"

_TOLD = frozenset({Outcome.REJECTED, Outcome.UNKNOWN, Outcome.TRUNK_FAULT})
"""Ends that an operator wants to hear of."""

_CALL, _CAMPAIGN, _TRUNK = Kind.CALL, Kind.CAMPAIGN, Kind.TRUNK
_DIALING, _LISTENING = CallPhase.DIALING, CallPhase.LISTENING
_RUNNING = CampaignState.RUNNING
"""Looked up once: asked for at each step of each call, and a member of an enum costs as much as a call in Python."""

ENDED_SHOWN = 200
"""Calls that stay in the call table after their end."""


class Floor:
    def __init__(
        self,
        *,
        workspace_id: str,
        clock: Clock,
        ledger: Ledger,
        limiter: Limiter,
        safeguards: Safeguards,
        queue: CallQueue,
        day: Day,
        places: dict[int, Place],
        facts: dict[int, ContactFacts],
        next_seq: int,
        mark: Callable[[Kind, str], None],
    ) -> None:
        self.clock = clock
        self.ledger = ledger
        self.limiter = limiter
        self.safeguards = safeguards
        self.gate = safeguards.gate
        self.queue = queue
        self.day = day
        self.places = places
        self.facts = facts
        self.mark = mark
        self.brake = Brake(self._brake_changed)
        self.notices = Notices(clock, lambda id: mark(Kind.ALERT, id))
        self.opt_outs = OptOutWriter(safeguards.opt_outs, lambda: self.ledger, self.later)
        self.troubles = Troubles(self.brake, self.notices, clock, lambda: self.ledger, self.later, self.ask_again)
        self.refusal_writer = RefusalWriter(lambda: self.ledger, self.troubles, self.later)
        self.campaigns: dict[str, Campaign] = {}
        self.trunks: dict[str, Trunk] = {}
        self.backends: dict[str, Backend] = {}
        self.dialers: dict[str, TrunkDialer] = {}
        self.care = Care(self)
        self.fault_rows = FaultRows()
        self.standings: dict[str, Standing] = {}
        self.halted: dict[str, int] = {}
        """Campaigns whose pause has been asked for but is not on disk yet: it holds all the same. With the place of
        that request among all, so that only what was asked for later can end it."""
        self.moves = 0
        """Raised whenever a contact begins or ends a call, or is refused, so that who has counted can tell."""
        self.refusals: Counter[str] = Counter()
        """Contacts that the gate refused, by the code of the check that did."""
        self.live: dict[str, LiveCall] = {}
        self.ended: dict[str, LiveCall] = {}
        """The newest ``ENDED_SHOWN`` calls that are over, oldest first."""
        self.imports: dict[str, ImportView] = {}
        """Lists that are coming in, as consoles see them."""
        self.finish: Callable[[str, str], None] = lambda campaign, reason: None
        """Set by the engine: a campaign has nothing left to do."""
        self.started: Callable[[str], None] = lambda campaign: None
        """Set by an engine that dials: a campaign runs from now on."""
        self._terms: dict[str, tuple[Campaign, CallTerms]] = {}
        """Of each campaign's latest document: made once for all calls between two edits."""
        self._workspace_id = workspace_id
        self._loop = asyncio.get_running_loop()
        self._seq = next_seq
        self._tasks: set[asyncio.Task[Any]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        limiter.on_room(self._room)

    # -- for dialers --------------------------------------------------------------------------------------------------

    def running(self, campaign: str) -> bool:
        doc = self.campaigns.get(campaign)
        return (
            doc is not None
            and doc.state is _RUNNING
            and campaign not in self.halted
            and not (self.care.caller_ids.resting and self.care.rests(doc))
            and not (self.care.agents.missed and self.care.agentless(doc))
        )

    def weight(self, campaign: str) -> int:
        return self.campaigns[campaign].weight

    def judge(self, contact: int) -> Verdict:
        if self.clock.jumped():
            self.troubles.clock_jumped()
        call = self.propose(contact)
        return self.gate.judge(call, self.clock.time())

    def propose(self, contact: int) -> ProposedCall:
        """A queued contact as the gate wants to see it."""
        campaign, number, place, facts, attempts = self.queue.row(contact)
        doc = self.campaigns[campaign]
        state = CampaignState.PAUSED if campaign in self.halted else doc.state
        return proposed(doc, state, number, self.places[place], self.facts[facts], attempts, self.trunks.get(doc.trunk))

    def refuse(self, contact: int, verdict: Verdict) -> None:
        decisive = verdict.decisive
        suppressed = decisive is not None and decisive.check is CheckName.OPTOUT
        status = ContactStatus.SUPPRESSED if suppressed else ContactStatus.FAILED
        campaign = self.queue.campaign(contact)
        self.refusals[decisive.code if decisive else ""] += 1
        self.moves += 1
        self.standings[campaign].final[status] += 1
        self.refusal_writer.add(contact, status, verdict.reasons)
        self.mark(Kind.CAMPAIGN, campaign)
        self.maybe_finish(campaign)

    def launch(self, contact: int, verdict: Verdict, slot: Slot) -> None:
        campaign, number, _, _, attempts = self.queue.row(contact)
        doc = self.campaigns[campaign]
        trunk = self.trunks[doc.trunk]
        claim = Claim(  # by position: by name it takes ten times as long
            self._seq,
            f"att-{self._workspace_id}-{self._seq:06d}",
            contact,
            f"+{number}",
            doc.name,
            doc.trunk,
            self.care.caller_ids.choose(doc, trunk, number),
            attempts + 1,
            verdict.at,
            verdict,
            self._terms_now(doc),
        )
        self._seq += 1
        # Noted now, not when the claim is durable: another campaign may hold the same number in this very turn.
        self.safeguards.claimed(number, verdict.at)
        self.care.launched(doc, claim.attempt)
        self.enter(LiveCall(self, self.backends[doc.trunk], claim, doc, slot))

    def _terms_now(self, doc: Campaign) -> CallTerms:
        kept = self._terms.get(doc.name)
        if kept is None or kept[0] is not doc:
            kept = self._terms[doc.name] = doc, terms_of(doc)
        return kept[1]

    def enter(self, call: LiveCall, *, adopted: bool = False) -> None:
        """A call begins (or came back after a crash) and lives in a task of its own."""
        self._begin(call)
        life = call.resume if adopted else call.run
        call.task = self._loop.create_task(self._living(call, life), name=call.claim.attempt)
        self._tasks.add(call.task)

    async def _living(self, call: LiveCall, life: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """The task of a call. It sees to its own end: a done-callback would cost each one more turn of the loop."""
        try:
            await life()
        except Exception as error:
            self._failed(error)
        finally:
            self._tasks.discard(call.task)
            call.task = None

    def seek(self, call: LiveCall) -> None:
        """A call that outlived the last engine is looked for: in progress, for its number and its campaign."""
        self.safeguards.live.enter(call.digits)
        self.standings[call.claim.campaign].live += 1

    def found(self, call: LiveCall) -> None:
        """It has entered the floor by now, which knows of it by itself."""
        self.safeguards.live.leave(call.digits)
        self.standings[call.claim.campaign].live -= 1

    def enter_over(self, call: LiveCall, end: CallEnd) -> None:
        """A call that is known to be over, but has no outcome yet."""
        self._begin(call)
        self.later(call.close(end))

    def _begin(self, call: LiveCall) -> None:
        self.live[call.claim.attempt] = call
        self.safeguards.live.enter(call.digits)
        self.moves += 1
        self.standings[call.claim.campaign].live += 1
        self._quiet.clear()

    # -- for calls ----------------------------------------------------------------------------------------------------

    def campaign_now(self, name: str) -> Campaign:
        return self.campaigns[name]

    def proposed(self, call: LiveCall) -> ProposedCall:
        """As the campaign is now, but it rings as long as it was ordered to."""
        proposed = self.propose(call.claim.contact)
        if proposed.ring_timeout_s == call.ring_timeout_s:
            return proposed
        return structs.replace(proposed, ring_timeout_s=call.ring_timeout_s)

    def trouble(self, call: LiveCall) -> str:
        if self.clock.jumped():
            self.troubles.clock_jumped()
        return self.brake.sentence or self.care.trouble(call)

    def faults(self, contact: int) -> int:
        return self.fault_rows.of(contact)

    def moved(self, call: LiveCall) -> None:
        self.mark(_CALL, call.claim.attempt)
        if call.phase is _LISTENING:
            if call.answered_at is not None:  # uncertain is a person, and other campaigns must know at once
                self.safeguards.answered(call.digits, call.answered_at)
            self.care.answered(call)
        elif call.phase is _DIALING and self.care.agents.missed:
            self.care.dialing(call)

    def suppress(self, entry: OptOut) -> None:
        self.opt_outs.suppress_with_call(entry)

    def opted_out(self, entry: OptOut) -> None:
        self.opt_outs.suppress(entry)
        self.notices.tell(f"{entry.number} asked not to be called again: on the do-not-call list")
        self.later(self.troubles.durably(self.opt_outs.write))

    def not_claimed(self, call: LiveCall, why: LedgerFull) -> None:
        self.troubles.disk_refused(why)
        self.queue.give_back(call.claim.contact)
        self._never_was(call)

    def not_claimable(self, call: LiveCall, why: Exception) -> None:
        """Its contact stays out of the queue: it would be claimed in vain again and again."""
        log.error("attempt %s could not be claimed", call.claim.attempt, exc_info=why)
        self.notices.tell(
            f"{call.claim.number} is not called: an internal fault ({type(why).__name__}) kept its call from being "
            "claimed. It waits until the engine is started again; the log has the details.",
            "error",
        )
        self._never_was(call)

    def _never_was(self, call: LiveCall) -> None:
        """Off the floor, and not shown any more: it never was a call."""
        self.safeguards.not_dialed(call.digits)
        self.care.given_up(call)
        self._leave(call)

    def unsettled(self, call: LiveCall, why: LedgerFull) -> None:
        self.troubles.disk_refused(why)

    def settled(self, call: LiveCall, decision: Decision, end: CallEnd) -> None:
        claim = call.claim
        self.opt_outs.call_settled(claim.attempt)
        standing, now = self.standings[claim.campaign], self.clock.time()
        standing.ended(end.outcome, self.day.start(now))
        if call.dialed_at is not None:  # until now nobody asks: the number is in a call
            self.safeguards.dialed(call.digits, claim.at, call.dialed_at)
        self._note_conversation(call, end)
        self.fault_rows.ended(claim.contact, end.outcome, dialed=call.dialed_at is not None)
        if decision.next_at is not None:
            if call.dialed_at is None:
                self.safeguards.not_dialed(call.digits)
            self.queue.retry(claim.contact, decision.next_at, decision.attempts)
        else:
            standing.final[decision.status] += 1
        self.care.ended(call, end)
        if end.outcome in _TOLD:
            self._tell_of(call, end)
        if decision.next_at is None:
            self.fault_rows.forget(claim.contact)
        self._keep_in_view(call)
        self._leave(call)
        if decision.next_at is not None and decision.next_at <= now:
            self.wake(claim.campaign)
        elif (dialer := self.dialers.get(claim.trunk)) is not None:
            dialer.expect(claim.campaign)

    def _note_conversation(self, call: LiveCall, end: CallEnd) -> None:
        """Whoever answered was a person unless the call ended as a machine's, however else it ended."""
        if end.outcome is Outcome.VOICEMAIL:
            if call.answered_at is not None:
                self.safeguards.machine(call.digits, call.answered_at)
        elif call.answered_at is not None or end.outcome is Outcome.ANSWERED:
            self.safeguards.answered(call.digits, call.claim.at if call.answered_at is None else call.answered_at)

    def _leave(self, call: LiveCall) -> None:
        claim = call.claim
        self.moves += 1
        self.live.pop(claim.attempt, None)
        self.safeguards.live.leave(call.digits)
        self.standings[claim.campaign].live -= 1
        self.mark(_CALL, claim.attempt)
        self.mark(_CAMPAIGN, claim.campaign)
        self.mark(_TRUNK, claim.trunk)
        self.maybe_finish(claim.campaign)
        if not self.live:
            self._quiet.set()

    def _keep_in_view(self, call: LiveCall) -> None:
        self.ended[call.claim.attempt] = call
        if len(self.ended) > ENDED_SHOWN:
            oldest = next(iter(self.ended))
            del self.ended[oldest]
            self.mark(_CALL, oldest)

    def _tell_of(self, call: LiveCall, end: CallEnd) -> None:
        claim = call.claim
        if end.outcome is Outcome.REJECTED:
            self.notices.tell(f"{claim.number} declined ({end.sip_code}): on the do-not-call list")
        elif end.outcome is Outcome.UNKNOWN:
            what = "what became of it" if call.answered_at is not None else f"whether {claim.number} rang"
            self.notices.tell(f"{claim.attempt}: nobody can say {what}; not dialed again", "warning")
        elif end.outcome is Outcome.TRUNK_FAULT:
            if self.fault_rows.of(claim.contact) >= MOST_FAULTS:
                self.notices.tell(f"{claim.number}: set aside, {claim.trunk} failed in every call to it", "warning")
            where = f" at the carrier ({end.sip_code})" if end.sip_code else f". {end.detail}" if end.detail else ""
            self.notices.tell(f"{claim.trunk}: a call failed{where}", "warning")

    def maybe_finish(self, campaign: str) -> None:
        """Say so if a campaign has nothing left to do."""
        standing, doc = self.standings[campaign], self.campaigns[campaign]
        if standing.live:
            return
        if doc.state is CampaignState.DRAINING:
            self.finish(campaign, "drained")
        elif doc.state is CampaignState.RUNNING and standing.complete:
            self.finish(campaign, "every contact is done")

    def _brake_changed(self) -> None:
        self.mark(Kind.ENGINE, "")
        if not self.brake.on:
            self.wake_all()

    # -- waking and waiting -------------------------------------------------------------------------------------------

    def wake(self, campaign: str) -> None:
        """Something changed that may let the campaign dial, or forbid it."""
        doc = self.campaigns.get(campaign)
        dialer = self.dialers.get(doc.trunk) if doc else None
        if dialer is not None:
            if self.running(campaign):
                dialer.wake(campaign)
            else:
                dialer.forget(campaign)
        self.mark(Kind.CAMPAIGN, campaign)

    def wake_all(self) -> None:
        for campaign in list(self.campaigns):
            self.wake(campaign)

    def _room(self, scope: str) -> None:
        kind, _, name = scope.partition(":")
        if scope == campaign_scope(name) and kind == "campaign":
            self.wake(name)

    def apply_limits(self, doc: Campaign | Trunk) -> None:
        """Hand a campaign's or trunk's limits to the limiter; in force at once."""
        if isinstance(doc, Trunk):
            self.limiter.set_limits(trunk_scope(doc.name), self.care.trunks[doc.name].limits(doc.limits))
        else:
            self.limiter.set_limits(campaign_scope(doc.name), doc.limits)

    def ask_again(self) -> None:
        """Hours or rules have changed: every waiting contact is looked at anew."""
        for campaign in list(self.campaigns):
            self.ask_campaign_again(campaign)

    def ask_campaign_again(self, campaign: str) -> None:
        """The campaign has changed: each of its waiting contacts is looked at anew. O(contacts held)."""
        now = self.clock.time()
        self.queue.windows_changed(campaign, now)
        self.queue.release_holds(campaign, now)
        self.wake(campaign)

    async def quiet(self) -> None:
        """Wait until no call is in progress."""
        await self._quiet.wait()

    def later(self, work: Coroutine[Any, Any, object]) -> None:
        """Run something beside; the floor keeps the task alive and ends it with itself."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        log.error("a task of the calling floor failed", exc_info=error)
        self.notices.tell(f"An internal fault ({type(error).__name__}): see the engine's log", "error")

    async def close(self) -> None:
        """End every task and timer. Calls still in progress keep their claims; the next start looks after them."""
        self.care.close_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
