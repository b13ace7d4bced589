"""The engine: opens a workspace, wires the rooms, dials, answers consoles, ends in order.

Everything that decides anything lives in a module of its own; what is here is the order in which they come up and go
down. Up: ledger, do-not-call, counters, queue, trunks, recovery, and only then the dialers. Down: dialers first, then
the calls in progress get their time, then what is left is recorded, then the files close.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from dialconsole.clock import Clock
from dialconsole.compliance.hours import US_ZONES, CallingHours
from dialconsole.engine.board import Board, Setting
from dialconsole.engine.desk.campaign_state import CampaignStateSection
from dialconsole.engine.desk.campaigns import CampaignSection
from dialconsole.engine.desk.checks import CheckSection
from dialconsole.engine.desk.desk import Desk
from dialconsole.engine.desk.dialable import DialableSection
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.desk.looking import LookingSection
from dialconsole.engine.desk.optouts import OptOutSection
from dialconsole.engine.desk.people import PeopleSection
from dialconsole.engine.desk.rules import RuleSection
from dialconsole.engine.desk.testcall import TestCallSection
from dialconsole.engine.desk.trunk_state import TrunkStateSection
from dialconsole.engine.desk.trunks import TrunkSection
from dialconsole.engine.dialable import Dialable
from dialconsole.engine.explain import Explainer
from dialconsole.engine.floor import ENDING, OFFLINE, Floor
from dialconsole.engine.forewarning import Forewarning
from dialconsole.engine.importing import ListImporter
from dialconsole.engine.marks import Marks
from dialconsole.engine.queue import CallQueue
from dialconsole.engine.recovery import Recovery
from dialconsole.engine.safeguards import Safeguards
from dialconsole.engine.second_look import SecondLook
from dialconsole.engine.standing import Day, Standing
from dialconsole.engine.trunks import BackendFactory, TrunkOpener
from dialconsole.engine.zone import local_zone
from dialconsole.limits.local import LocalLimiter
from dialconsole.model.campaign import Trunk
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.request.request import Caller, Request
from dialconsole.model.view import Kind, PresenceView, Role, View, ZoneView
from dialconsole.store.ledger import Ledger, LedgerFull
from dialconsole.store.owner import user_name
from dialconsole.store.sqlite_ledger import SqliteLedger
from dialconsole.store.workspace import Workspace
from dialconsole.telephony.backend import Backend

R = TypeVar("R")

log = logging.getLogger(__name__)

CLOCK_WATCH_S = 1.0
"""How often the wall clock is compared with the monotonic one (real seconds), besides at each call."""

FIRST_PROOF_S = 0.5
"""How long the start waits for the registries to be read through (real seconds)."""

LAST_WORD_S = 15.0
"""How long calls that were hung up at the end may take to say so (real seconds)."""


class Engine:
    """One workspace at work; an ``EnginePort``. ``stopped`` is set when it was told to stop and has."""

    def __init__(self, workspace: Workspace, floor: Floor, board: Board, opener: TrunkOpener, *, dialing: bool) -> None:
        self.floor = floor
        self.board = board
        self.stopped = asyncio.Event()
        self._workspace = workspace
        self._opener = opener
        self._dialing = dialing
        self._owner = workspace.path.stat().st_uid
        self._stopping: asyncio.Task[None] | None = None
        self.dialable = Dialable(floor, floor.queue, floor.places, floor.facts) if dialing else None
        board.dialable = self.dialable
        if self.dialable is not None:
            floor.started = Forewarning(floor, self.dialable).look
        journal = Journal(floor)
        documents = workspace.documents
        self._importer = ListImporter(floor, dialing=dialing)
        second_look = SecondLook(floor, dialing=dialing)
        states = self._states = CampaignStateSection(floor, documents, journal)
        campaigns = CampaignSection(floor, documents, journal, self._importer, second_look, states)
        self._test_calls = TestCallSection(floor, board, campaigns, states, self._importer, journal, dialing=dialing)
        floor.finish = lambda name, reason: floor.later(states.finished(name, reason))
        trunks = TrunkSection(floor, documents, journal, campaigns, opener)
        explainer = partial(Explainer, floor.safeguards, floor.clock, floor.ledger, floor.campaigns, floor.trunks)
        self._people = PeopleSection(documents, journal, self._owner, self.stop_soon, dialing=dialing)
        self._desk = Desk(
            [
                campaigns,
                states,
                trunks,
                TrunkStateSection(floor, board, journal, trunks, opener),
                CheckSection(floor, workspace.path),
                self._test_calls,
                OptOutSection(floor, journal, second_look, states.reopen),
                RuleSection(floor, documents, journal),
                LookingSection(floor, board, explainer),
                DialableSection(floor, self.dialable),
                self._people,
            ]
        )

    @classmethod
    async def open(
        cls,
        workspace: Workspace,
        clock: Clock,
        *,
        dialing: bool,
        seed: int = 0,
        zone: str | None = None,
        ledger: Ledger | None = None,
        backends: BackendFactory | None = None,
    ) -> Engine:
        """Open ``workspace`` under its lock. Raises ``Problem`` if it cannot be opened or another engine has it.

        ``dialing`` false serves commands on a workspace without a running engine: everything but calls. ``zone`` is
        the operator's; ``ledger`` and ``backends`` replace the usual ones (simulation, tests).
        """
        workspace.lock()
        opened = ledger or await SqliteLedger.open(workspace.ledger_path)
        try:
            return await cls._wire(
                workspace, clock, opened, backends or _factory(seed, clock, workspace.path), dialing, zone
            )
        except BaseException:
            await opened.close()
            workspace.unlock()
            raise

    @classmethod
    async def _wire(
        cls,
        workspace: Workspace,
        clock: Clock,
        ledger: Ledger,
        backends: BackendFactory,
        dialing: bool,
        zone: str | None,
    ) -> Engine:
        marks, day = Marks(), Day(zone or local_zone())
        safeguards = Safeguards(workspace.registry_path, workspace.documents.calendar.values(), proven_only=dialing)
        await safeguards.load(ledger, clock.time())
        floor: Floor = Floor(
            workspace_id=workspace.documents.info.id,
            clock=clock,
            ledger=ledger,
            limiter=LocalLimiter(),
            safeguards=safeguards,
            queue=CallQueue(lambda campaign, place, now: _opening(floor, campaign, place, now)),
            day=day,
            places=await ledger.places(),
            facts=await ledger.facts(),
            next_seq=await ledger.next_seq(),
            mark=marks,
        )
        setting = Setting(
            workspace=workspace.documents.info.name,
            path=str(workspace.path),
            pid=os.getpid(),
            demo=workspace.documents.info.demo,
            zone=day.zone,
            dialing=dialing,
        )
        board = Board(floor, marks, setting, partial(_calling_clock, safeguards.hours))
        engine = cls(workspace, floor, board, TrunkOpener(floor, backends, dialing=dialing), dialing=dialing)
        await engine._come_up()
        return engine

    # -- up -----------------------------------------------------------------------------------------------------------

    async def _come_up(self) -> None:
        floor, documents = self.floor, self._workspace.documents
        floor.campaigns.update(documents.campaigns)
        await floor.care.load()
        floor.fault_rows.load(await floor.ledger.calls_of_faulty())
        await self._count()
        for campaign in floor.campaigns.values():
            floor.apply_limits(campaign)
        for trunk in documents.trunks.values():
            await self._opener.open(trunk)
        if not self._dialing:
            # Whoever starts a campaign here should hear in the same breath that nothing is dialed yet.
            floor.brake.pull(OFFLINE, "No engine runs on this workspace. Start one: dialconsole run")
            return
        # A registry of usual size is proven before the first call; one on a slow disk holds its calls, not the start.
        await floor.safeguards.prove_within(FIRST_PROOF_S * floor.clock.rate)
        now = floor.clock.time()
        async for block in floor.ledger.queued():
            floor.queue.load(block, now)
        floor.queue.load(await floor.ledger.in_calls(), now)
        await self._test_calls.hold_leftover()
        await self._states.hold_incomplete()
        await Recovery(floor).run()
        self._opener.start_all()
        for name, standing in floor.standings.items():
            floor.maybe_finish(name)
            if floor.campaigns[name].state is CampaignState.RUNNING and not standing.complete:
                floor.started(name)
        floor.safeguards.changed = floor.ask_again
        floor.later(floor.safeguards.keep_up(floor.clock, partial(floor.notices.tell, severity="warning")))
        if floor.clock.may_jump:
            floor.later(self._watch_clock())

    async def _count(self) -> None:
        floor = self.floor
        today = floor.day.start(floor.clock.time())
        statuses = await floor.ledger.status_counts()
        outcomes = await floor.ledger.outcome_counts(today)
        for name in floor.campaigns:
            standing = floor.standings[name] = Standing()
            counts = statuses.get(name, {})
            standing.recount(counts)
            standing.restore(outcomes.get(name, {}), today)
            if not self._dialing:
                standing.live = counts.get(ContactStatus.CALLING, 0)

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_WATCH_S)
            if self.floor.clock.jumped():
                self.floor.troubles.clock_jumped()

    # -- down ---------------------------------------------------------------------------------------------------------

    def stop_soon(self, drain_s: float, audited: asyncio.Task[str] | None = None) -> None:
        """Begin to stop: no new calls, up to ``drain_s`` real seconds for those in progress. ``stopped`` tells when.

        ``audited`` is waited for at the end, but not for ever: a disk that hangs must not keep an engine alive.
        """
        if self._stopping is None:
            self.board.ending = True
            self.floor.brake.pull(ENDING, "The engine is stopping: no new calls.")
            self._stopping = asyncio.get_running_loop().create_task(self._stop(drain_s, audited))

    async def _stop(self, drain_s: float, audited: asyncio.Task[str] | None) -> None:
        floor = self.floor
        await self._opener.stop_dialers()
        try:
            async with asyncio.timeout(drain_s * floor.clock.rate):
                await floor.quiet()
        except TimeoutError:
            await self._hang_up_the_rest()
        if audited is not None:
            await asyncio.wait([audited], timeout=LAST_WORD_S * floor.clock.rate)
        self.stopped.set()

    async def _hang_up_the_rest(self) -> None:
        floor = self.floor
        await asyncio.gather(*(call.hang_up("engine stopping") for call in list(floor.live.values())))
        try:
            async with asyncio.timeout(LAST_WORD_S * floor.clock.rate):
                await floor.quiet()
        except TimeoutError:
            floor.notices.tell(f"{len(floor.live)} calls did not end in time; the next start looks after them", "error")

    async def close(self) -> None:
        """Give everything back at once. Calls in progress keep their claims; the next start looks after them."""
        if self._stopping is not None:
            self._stopping.cancel()
        self.board.close()
        await self._opener.stop_dialers()
        await self._importer.close()
        await self.floor.close()
        await self._opener.close_all()
        self.floor.safeguards.close()
        try:
            await self.floor.ledger.close()
        except LedgerFull as why:
            left = len(self.floor.live)
            calls = f"{left} call{'s' * (left != 1)}" if left else "the last steps of calls"
            log.error("%s could not be recorded (%s). The next engine looks them up.", calls, why)
        finally:
            self._workspace.unlock()

    # -- EnginePort ---------------------------------------------------------------------------------------------------

    def role_of(self, uid: int) -> tuple[str, Role] | None:
        operator = self._workspace.documents.operators.get(uid)
        if uid == self._owner:
            return (operator.name if operator else user_name(uid)), Role.ADMIN
        return (operator.name, Role(operator.role)) if operator else None

    def taken_away_by(self, uid: int) -> str:
        return self._people.taken_away_by.get(uid, "")

    async def handle(self, request: Request[R], caller: Caller) -> R:
        return await self._desk.handle(request, caller)

    def rows(self) -> Iterable[tuple[Kind, str]]:
        return self.board.rows()

    def view(self, kind: Kind, id: str) -> View | None:
        return self.board.view(kind, id)

    def watch(self, dirty: Callable[[Kind, str], None]) -> Callable[[], None]:
        return self.board.watch(dirty)

    def attached(self, people: tuple[PresenceView, ...]) -> None:
        self.board.attached(people)


def _factory(seed: int, clock: Clock, folder: Path) -> BackendFactory:
    def make(trunk: Trunk) -> Backend:
        from dialconsole.telephony.backends import make_backend

        return make_backend(trunk, seed=seed, clock=clock, folder=folder)

    return make


def _opening(floor: Floor, campaign: str, place: int, now: float) -> tuple[bool, float]:
    """The queue's question: may this window class be called now, and until when does that hold?"""
    doc = floor.campaigns.get(campaign)
    if doc is None:
        return False, float("inf")
    opening = floor.safeguards.opening(doc, floor.places[place], now)
    return opening.open, opening.until


def _calling_clock(hours: CallingHours, at: float) -> Iterable[ZoneView]:
    for label, zone in US_ZONES:
        opening = hours.legal_opening(zone, at)
        yield ZoneView(label=label, zone=zone, open=opening.open, changes_at=opening.until)
