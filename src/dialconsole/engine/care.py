"""The engine's care for its trunks, their agents and the numbers they show: where the floor's calls are heard.

One door for the floor, so that it knows neither circuits nor rests: may this campaign dial, which number does it show,
may this call be dialed after all, and what its end says.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dialconsole.engine.agent_watch import Agent, AgentWatch
from dialconsole.engine.caller_ids import CallerIds
from dialconsole.engine.dialer import trunk_scope
from dialconsole.engine.trunk_care import TrunkCare
from dialconsole.model.campaign import Campaign
from dialconsole.model.outcome import Outcome
from dialconsole.model.view import Circuit, Hold, Kind
from dialconsole.telephony.backend import CallEnd

if TYPE_CHECKING:
    from dialconsole.engine.call import LiveCall
    from dialconsole.engine.floor import Floor

MEMORY_S = 48 * 3600.0
"""Calls that are read again at the start: a rest lasts a day, and the calls that led to it lie in the day before."""


class Care:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.trunks: dict[str, TrunkCare] = {}
        """One for each trunk, from its opening on."""
        self.caller_ids = CallerIds(floor.clock, floor.notices, floor.wake_all, self._going)
        self.agents = AgentWatch(floor.clock, floor.notices, self._wake)

    async def load(self) -> None:
        """What the ledger says of the numbers that calls showed."""
        floor = self._floor
        self.caller_ids.load(await floor.ledger.caller_id_calls(floor.clock.time() - MEMORY_S))

    def _going(self, caller: str) -> int:
        """Calls in progress that were dialed with a number. O(n) in them: asked when networks block it."""
        calls = self._floor.live.values()
        return sum(call.claim.caller_id == caller and call.dialed_at is not None and call.end is None for call in calls)

    def open(self, trunk: str) -> TrunkCare:
        """A trunk is opened; it is taken for sound until something else is known."""
        floor = self._floor
        care = self.trunks[trunk] = TrunkCare(
            trunk,
            floor.clock,
            floor.notices,
            changed=partial(self._changed, trunk),
            started=lambda: floor.limiter.usage(trunk_scope(trunk)).starts,
        )
        return care

    def close(self, trunk: str) -> None:
        care = self.trunks.pop(trunk, None)
        if care is not None:
            care.close()
        self.agents.forget(trunk)

    def reset(self, trunk: str) -> bool:
        """A person takes the trunk and its agents for sound. False if nothing held them back."""
        mended = self.trunks[trunk].reset()
        return self.agents.reset(trunk) or mended

    def close_all(self) -> None:
        """Give every timer back."""
        for care in self.trunks.values():
            care.close()
        self.caller_ids.close()
        self.agents.close()

    def _changed(self, trunk: str) -> None:
        """Its calls may go again, or may not, or at another pace."""
        floor = self._floor
        doc = floor.trunks.get(trunk)
        if doc is None:
            return
        floor.apply_limits(doc)
        floor.mark(Kind.TRUNK, trunk)
        self._wake(trunk)

    def _wake(self, trunk: str) -> None:
        for campaign in self._floor.campaigns.values():
            if campaign.trunk == trunk:
                self._floor.wake(campaign.name)

    # -- calls --------------------------------------------------------------------------------------------------------

    def launched(self, doc: Campaign, attempt: str) -> None:
        care = self.trunks[doc.trunk]
        if not care.easy:
            care.launched(attempt)
        if self.agents.missed:
            self.agents.launched(self._agent(doc.trunk, doc.agent), attempt)

    def given_up(self, call: LiveCall) -> None:
        """The claim could not be written: nothing was placed."""
        self.trunks[call.claim.trunk].given_up(call.claim.attempt)
        self.agents.over(self._agent_of(call), call.claim.attempt)

    def trouble(self, call: LiveCall) -> str:
        """Why a call may not be dialed although the gate lets it: its trunk failed, or its number began to rest."""
        claim = call.claim
        care = self.trunks[claim.trunk]
        if not care.easy and (why := care.forbids(claim.attempt)):
            return why
        if self.caller_ids.resting and self.caller_ids.forbidden(claim.caller_id, self._floor.trunks[claim.trunk]):
            return f"Networks block {claim.caller_id}: it rests, and the call was not placed."
        return ""

    def dialing(self, call: LiveCall) -> None:
        """Its phone rings soon, so its agent is there."""
        self.agents.there(self._agent_of(call))

    def answered(self, call: LiveCall) -> None:
        care = self.trunks.get(call.claim.trunk)
        if care is not None and not care.easy:
            care.answered(call.claim.attempt)

    def ended(self, call: LiveCall, end: CallEnd) -> None:
        """What the end of a call says of its trunk and of the number it showed."""
        claim, answered, at = call.claim, call.answered_at, call.ended_at
        assert at is not None
        care = self.trunks.get(claim.trunk)
        if care is not None:
            care.ended(claim.attempt, end, None if call.dialed_at is None else at - call.dialed_at)
        if end.outcome is Outcome.AGENT_UNAVAILABLE:
            self.agents.not_there(self._agent_of(call), claim.attempt)
        elif self.agents.missed:
            self.agents.over(self._agent_of(call), claim.attempt)
        talked = None if answered is None else at - answered
        self.caller_ids.ended(claim.caller_id, at, end.outcome, talked, self._floor.trunks.get(claim.trunk))

    # -- what stands in the way ---------------------------------------------------------------------------------------

    def rests(self, doc: Campaign) -> bool:
        """Every number that the campaign may show rests."""
        callers = self.caller_ids
        return bool(callers.resting) and callers.all_rest(doc, self._floor.trunks[doc.trunk]) is not None

    def agentless(self, doc: Campaign) -> bool:
        """Nobody runs the agent that the campaign's calls need."""
        return self.agents.holds(self._agent(doc.trunk, doc.agent))

    def _agent_of(self, call: LiveCall) -> Agent:
        return self._agent(call.claim.trunk, call.agent)

    def _agent(self, trunk: str, agent: str | None) -> Agent:
        """Whom calls ask for: the campaign's agent, or the trunk's."""
        doc = self._floor.trunks.get(trunk)
        return trunk, agent or (doc.livekit.agent if doc is not None else "")

    def sentence(self, doc: Campaign) -> str:
        """What stands in the way of a campaign's calls; empty if nothing does."""
        hold = self.obstacle(doc, 0)
        return "" if hold is None else f"{hold.sentence}".rstrip(".") + "."

    def obstacle(self, doc: Campaign, waiting: int) -> Hold | None:
        """Why ``waiting`` contacts of a running campaign, callable in themselves, are not called."""
        trunk, care = self._floor.trunks.get(doc.trunk), self.trunks.get(doc.trunk)
        if trunk is None or care is None:
            return None
        if care.circuit is Circuit.OPEN:
            return Hold("trunk_open", f"trunk {trunk.name} stopped: {care.cause}", waiting, care.retry_at)
        if care.circuit is Circuit.HALF_OPEN and care.trial:
            return Hold("trunk_trial", f"one call tries trunk {trunk.name}: {care.cause}", waiting)
        if care.stopped_until is not None:
            return Hold("trunk_waits", f"the carrier of trunk {trunk.name} asked to wait", waiting, care.stopped_until)
        if hold := self.agents.hold(self._agent(doc.trunk, doc.agent), waiting):
            return hold
        rested = self.caller_ids.all_rest(doc, trunk)
        if rested is not None:
            return Hold("caller_ids_rest", "networks block its caller IDs: they rest", waiting, rested)
        return None
