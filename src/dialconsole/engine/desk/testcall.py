"""One call to one number, asked for by a person who watches it: the first call of a new trunk.

It is a campaign like any other, of one contact, made for this call: slot, gate, claim, evidence, recovery and audit are
then those of every call, because the same code does them, and what a trunk learns (allow list, breaker) holds here by
itself. What is special is said in the campaign's own settings: it tries once, whatever comes of it. Rejected: a path of
its own past queue and dialer, which would have to repeat each of their checks, and would prove nothing about them.
"""

from __future__ import annotations

import asyncio

from msgspec import structs

from dialconsole.compliance.hours import LEGAL
from dialconsole.compliance.places.whereabouts import whereabouts
from dialconsole.engine.board import Board
from dialconsole.engine.desk.campaign_rules import must_be_complete
from dialconsole.engine.desk.campaign_state import ENGINE, CampaignStateSection
from dialconsole.engine.desk.campaigns import CampaignSection
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.floor import Floor
from dialconsole.engine.importing import ListImporter
from dialconsole.engine.numbers import e164
from dialconsole.model.campaign import TEST_CALLS, Campaign, Limits, RetryPolicy, Trunk
from dialconsole.model.contact import Contact, ZoneSource
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import CreateCampaign, DeleteCampaign, PauseCampaign, StartCampaign
from dialconsole.model.request.request import Caller
from dialconsole.model.request.trunks import PlacedCall, PlaceTestCall
from dialconsole.model.text import safe_text
from dialconsole.model.view import Kind

PLACE_S = 60.0
"""How long a test call waits for a place on its trunk (real seconds): any 60 seconds have one, if anything has."""


class TestCallSection:
    """``dialing`` false: there is no engine that could place it."""

    def __init__(
        self,
        floor: Floor,
        board: Board,
        campaigns: CampaignSection,
        states: CampaignStateSection,
        importer: ListImporter,
        journal: Journal,
        *,
        dialing: bool,
    ) -> None:
        self._floor = floor
        self._board = board
        self._campaigns = campaigns
        self._states = states
        self._importer = importer
        self._journal = journal
        self._dialing = dialing
        self._placing = asyncio.Lock()

    def handlers(self) -> Handlers:
        return {PlaceTestCall: self.place}

    async def hold_leftover(self) -> None:
        """A test call that an engine's end left unplaced is not placed by the next one: nobody watches any more."""
        doc = self._floor.campaigns.get(TEST_CALLS)
        if doc is not None and doc.state is CampaignState.RUNNING:
            await self._states.pause(PauseCampaign(name=TEST_CALLS, reason="the engine ended meanwhile"), ENGINE)

    async def place(self, request: PlaceTestCall, caller: Caller) -> PlacedCall:
        if not self._dialing:
            raise Problem(
                "No engine runs on this workspace, so nothing can be called. Start one: dialconsole run, or "
                "dialconsole engine.",
                code="no_engine",
            )
        live = next((call for call in self._floor.live.values() if call.claim.campaign == TEST_CALLS), None)
        if live is not None or self._placing.locked():
            which = live.claim.attempt if live is not None else "still waiting for its place"
            raise Problem(f"A test call is under way ({which}); one at a time.", code="busy")
        async with self._placing:
            return await self._place(request, caller)

    async def _place(self, request: PlaceTestCall, caller: Caller) -> PlacedCall:
        doc = self._campaign(request, caller)
        contact = await self._contact(request, doc, caller)
        if TEST_CALLS in self._floor.campaigns:
            await self._clear_away("another test call", caller)
        await self._campaigns.make(CreateCampaign(campaign=doc), caller)
        placed = False
        try:
            id = await self._importer.add_one(doc, contact, f"test call by {caller.user}")
            self._must_be_callable(id, contact)
            attempt = await self._begin(id, contact, caller)
            placed = True
        finally:
            if not placed:
                await self._clear_away("it was not placed", caller)
        attested = f"{request.consent} consent attested" if request.consent else ""
        await self._journal.record(
            caller, "test call", attempt, new=f"{contact.number} through {doc.trunk}", reason=attested
        )
        return PlacedCall(attempt=attempt, number=contact.number, trunk=doc.trunk, campaign=TEST_CALLS)

    # -- what is called ---------------------------------------------------------------------------------------------

    def _campaign(self, request: PlaceTestCall, caller: Caller) -> Campaign:
        like = self._like(request.campaign)
        trunk = self._trunk(request.trunk or (like.trunk if like else ""))
        written = request.consent is ConsentBasis.WRITTEN
        doc = like or Campaign(
            name=TEST_CALLS,
            trunk=trunk.name,
            purpose=Purpose.INFORMATIONAL,
            window=LEGAL,
            caller_identity=f"A test call, placed by {caller.user}",
            opt_out_line=next(iter(trunk.caller_ids), ""),
        )
        # Whatever a registry says, written consent exempts from it: so one that was never imported need not hold the
        # very first call. The evidence says who attested it.
        if written:
            doc = structs.replace(
                doc,
                registry_exempt=f"written consent, attested by {caller.user}",
                registry_exempt_by=caller.user,
                registry_exempt_at=self._floor.clock.time(),
            )
        return structs.replace(
            doc,
            name=TEST_CALLS,
            trunk=trunk.name,
            limits=Limits(),
            weight=1,
            retry=RetryPolicy(max_attempts=1, once=True),
            min_gap_s=0.0,
        )

    def _like(self, name: str | None) -> Campaign | None:
        if name is None:
            return None
        doc = self._floor.campaigns.get(name)
        if doc is None or name == TEST_CALLS:
            there = ", ".join(sorted(set(self._floor.campaigns) - {TEST_CALLS})) or "none yet"
            raise Problem(
                f"There is no campaign {safe_text(name)!r} to call like; there are: {there}.", code="unknown_campaign"
            )
        must_be_complete(doc)
        return doc

    def _trunk(self, name: str) -> Trunk:
        trunk = self._floor.trunks.get(name)
        if trunk is None:
            there = ", ".join(sorted(self._floor.trunks)) or "none yet (dialconsole trunk add)"
            raise Problem(f"There is no trunk {safe_text(name)!r}; there are: {there}.", code="unknown_trunk")
        return trunk

    async def _contact(self, request: PlaceTestCall, doc: Campaign, caller: Caller) -> Contact:
        """Whoever has the number may be wherever it, or any list that has it, says."""
        number = e164(request.number, doc.default_region)
        place = whereabouts(number)
        if place.refused:
            raise Problem(f"{number} is not called: {place.refused}", code="not_callable")
        known = await self._floor.ledger.contacts_of_number(number)
        facts = ContactFacts()
        if request.consent is not None:
            now = self._floor.clock.time()
            facts = ContactFacts(request.consent, now, f"attested by {caller.user} for a test call")
        return Contact(
            line=1,
            number=number,
            name="Test call",
            zones=tuple(sorted({*place.zones, *(zone for record in known for zone in record.zones)})),
            zone_source=ZoneSource.NUMBER,
            variables={},
            jurisdictions=tuple(
                sorted({*place.jurisdictions, *(code for record in known for code in record.jurisdictions)})
            ),
            facts=facts,
        )

    # -- placing ------------------------------------------------------------------------------------------------------

    def _must_be_callable(self, id: int, contact: Contact) -> None:
        """The gate's word before anything is started, so that a call that may not be placed does not wait to be."""
        floor = self._floor
        if floor.brake.on:
            raise Problem(f"Nothing is dialed at the moment: {floor.brake.sentence}", code="brake")
        doc = floor.campaigns[TEST_CALLS]
        if trouble := floor.care.sentence(doc):
            mended = f"When that is mended: dialconsole trunk reset {doc.trunk}"
            raise Problem(f"{contact.number} is not called: {trouble} {mended}", code="trunk_trouble")
        call = structs.replace(floor.propose(id), state=CampaignState.RUNNING)
        verdict = floor.gate.judge(call, floor.clock.time())
        if verdict.clear:
            return
        reasons = "; ".join(reason.rstrip(".") for reason in verdict.reasons)
        unattested = contact.facts.consent is ConsentBasis.UNKNOWN
        hint = " If whoever has that phone agreed to the call, say so: --consent written." if unattested else ""
        raise Problem(f"{contact.number} is not called: {reasons}.{hint}", code=verdict.verdict.value)

    async def _begin(self, id: int, contact: Contact, caller: Caller) -> str:
        """Start it, and wait until it is claimed; returns the attempt's id."""
        floor = self._floor
        claimed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def seen(kind: Kind, key: str) -> None:
            call = floor.live.get(key) if kind is Kind.CALL else None
            if call is not None and call.claim.campaign == TEST_CALLS and not claimed.done():
                claimed.set_result(key)

        stop = self._board.watch(seen)
        try:
            await self._states.start(StartCampaign(name=TEST_CALLS, reason="test call"), caller)
            async with asyncio.timeout(PLACE_S * floor.clock.rate):
                return await claimed
        except TimeoutError:
            self._must_be_callable(id, contact)  # it may have changed its mind while the call waited
            raise Problem(
                f"The call found no place on its trunk within {PLACE_S:.0f} s (calls at once, calls a minute, or the "
                "trunk is resting); nothing was dialed. dialconsole status shows the trunk.",
                code="no_place",
            ) from None
        finally:
            stop()

    async def _clear_away(self, why: str, caller: Caller) -> None:
        """Forget the campaign of the last test call; its attempt, evidence and audit stay."""
        await self._states.pause(PauseCampaign(name=TEST_CALLS, reason=why), caller)
        await self._campaigns.delete(DeleteCampaign(name=TEST_CALLS), caller)
