"""What consoles see: every row built from the floor when somebody asks for it, never kept beside the truth.

Some figures move without any event (starts leave the 60-second window, zones open and close), so while somebody
watches, a heartbeat marks the rows that can move once in a real second. Without consoles it does not run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

from msgspec import Struct

from dialconsole import __version__
from dialconsole.engine.dialable import Dialable
from dialconsole.engine.dialer import campaign_scope, trunk_scope
from dialconsole.engine.floor import Floor
from dialconsole.engine.holds import foreseen_hold, hours_words, told_behind_hours, words
from dialconsole.engine.marks import Dirty, Marks
from dialconsole.engine.queue import HOURS, QueueCounts
from dialconsole.model.campaign import Campaign
from dialconsole.model.dialable import RETRY, DialableReport
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.view import (
    CallView,
    CampaignView,
    EngineView,
    Hold,
    Kind,
    PresenceView,
    TrunkView,
    View,
    WebhookView,
    ZoneView,
)
from dialconsole.telephony.asides import TakesWebhooks


class CallingClock(Protocol):
    """The zones of the calling clock and their legal hours."""

    def __call__(self, at: float) -> Iterable[ZoneView]: ...


class Setting(Struct, frozen=True):
    """What the engine view tells of where it runs; it never changes."""

    workspace: str
    path: str
    pid: int
    demo: bool
    zone: str
    dialing: bool


class Board:
    def __init__(self, floor: Floor, marks: Marks, setting: Setting, calling_clock: CallingClock) -> None:
        self._floor = floor
        self._marks = marks
        self._setting = setting
        self._calling_clock = calling_clock
        self._people: dict[str, PresenceView] = {}
        self._zones: dict[str, ZoneView] = {}
        self._beat: asyncio.TimerHandle | None = None
        self.ending = False
        self.dialable: Dialable | None = None
        """Set by the engine that dials: what the gate says of campaigns that do not run."""

    # -- EnginePort -----------------------------------------------------------------------------------------------

    def watch(self, dirty: Dirty) -> Callable[[], None]:
        stop = self._marks.watch(dirty)
        if self._beat is None:
            self._heartbeat()
        return stop

    def attached(self, people: tuple[PresenceView, ...]) -> None:
        gone = self._people.keys() - {person.id for person in people}
        self._people = {person.id: person for person in people}
        for id in [*self._people, *gone]:
            self._marks(Kind.PRESENCE, id)

    def rows(self) -> Iterable[tuple[Kind, str]]:
        floor = self._floor
        self._look_at_clock()
        yield Kind.ENGINE, ""
        yield from ((Kind.CAMPAIGN, name) for name in floor.campaigns)
        yield from ((Kind.TRUNK, name) for name in floor.trunks)
        yield from ((Kind.ZONE, zone) for zone in self._zones)
        yield from ((Kind.CALL, attempt) for attempt in floor.ended)
        yield from ((Kind.CALL, attempt) for attempt in floor.live)
        yield from ((Kind.PRESENCE, id) for id in self._people)
        yield from ((Kind.ALERT, alert.id) for alert in floor.notices.all())
        yield from ((Kind.IMPORT, id) for id in floor.imports)

    def view(self, kind: Kind, id: str) -> View | None:
        match kind:
            case Kind.ENGINE:
                return self.engine()
            case Kind.CAMPAIGN:
                return self.campaign(id) if id in self._floor.campaigns else None
            case Kind.TRUNK:
                return self.trunk(id) if id in self._floor.trunks else None
            case Kind.CALL:
                return self.call(id)
            case Kind.ZONE:
                return self._zones.get(id)
            case Kind.PRESENCE:
                return self._people.get(id)
            case Kind.ALERT:
                return self._floor.notices.get(id)
            case Kind.IMPORT:
                return self._floor.imports.get(id)

    @property
    def people(self) -> tuple[PresenceView, ...]:
        return tuple(self._people.values())

    # -- rows -----------------------------------------------------------------------------------------------------

    def engine(self) -> EngineView:
        floor, setting = self._floor, self._setting
        return EngineView(
            workspace=setting.workspace,
            path=setting.path,
            pid=setting.pid,
            version=__version__,
            demo=setting.demo,
            backend=", ".join(sorted({trunk.backend for trunk in floor.trunks.values()})),
            now=floor.clock.time(),
            rate=floor.clock.rate,
            zone=setting.zone,
            stopped=floor.brake.sentence,
            draining=self.ending,
        )

    async def foresee(self, names: Iterable[str]) -> dict[str, DialableReport]:
        """What the gate says of contacts of these campaigns that nobody asked it about yet, for somebody who looks
        once."""
        found = {}
        for name in names:
            if self.dialable is not None and self._unasked(name):
                with suppress(Problem):  # deleted meanwhile, or too many kinds of contacts to tell apart
                    found[name] = await self.dialable.report(name)
        return found

    def campaign(self, name: str, foreseen: DialableReport | None = None) -> CampaignView:
        """The row. ``foreseen``: what ``foresee`` found; otherwise the last count, if somebody watches."""
        floor, report = self._floor, foreseen or self._foreseen(name)
        doc, standing = floor.campaigns[name], floor.standings[name]
        now = floor.clock.time()
        counts = self._counts(name, now)
        holds = [Hold(code, self._why(doc, code, now), n, at) for code, n, at in counts.holds]
        ready, held = counts.ready, counts.held
        if ready and doc.state is CampaignState.RUNNING and (hold := floor.care.obstacle(doc, ready)) is not None:
            holds.insert(0, hold)  # callable in themselves, so what holds them is what people look for first
            ready, held = 0, held + ready
        if report is not None and doc.state is CampaignState.RUNNING:
            holds = told_behind_hours(holds, report)
        elif report is not None:
            holds = [foreseen_hold(reason) for reason in report.reasons if reason.code != RETRY]
            ready, held = report.ready, max(0, report.open - report.ready - counts.retry)
        starts = floor.limiter.usage(campaign_scope(name)).starts
        return CampaignView(
            name=name,
            state=CampaignState.PAUSED if name in floor.halted else doc.state,
            trunk=doc.trunk,
            version=doc.version,
            total=standing.total,
            done=standing.done,
            live=standing.live,
            ready=ready,
            retry=counts.retry,
            held=held,
            completed=standing.final[ContactStatus.COMPLETED],
            failed=standing.final[ContactStatus.FAILED],
            suppressed=standing.final[ContactStatus.SUPPRESSED],
            holds=tuple(holds),
            outcomes=standing.outcomes(floor.day.start(now)),
            limits=doc.limits,
            starts_60s=starts,
            weight=doc.weight,
            on_machine=doc.on_machine,
            max_attempts=doc.retry.max_attempts,
            changed_by=doc.changed_by,
            changed_at=doc.changed_at,
            reason=doc.reason,
            eta_s=_eta(doc, ready, starts),
        )

    def _foreseen(self, name: str) -> DialableReport | None:
        """What the gate says of contacts that nobody asked it about yet. Counted while somebody watches."""
        if self.dialable is None or not self._marks.watched or not self._unasked(name):
            return None
        return self.dialable.known(name, seldom=self._floor.campaigns[name].state is CampaignState.RUNNING)

    def _unasked(self, name: str) -> bool:
        """Whether the queue knows of contacts their hours only, because nobody has asked the gate about them: all of a
        campaign that does not run, and of one that runs those whose hours are closed."""
        doc = self._floor.campaigns.get(name)
        state = doc.state if doc is not None else None
        closed = state is CampaignState.RUNNING and self._floor.queue.opens_next(name) is not None
        return closed or state in _NOT_AT_WORK

    def _why(self, doc: Campaign, code: str, now: float) -> str:
        """A hold in words; closed hours are told of the zones that open next, for that is what the time beside says."""
        place = self._floor.queue.opens_next(doc.name) if code == HOURS else None
        if place is None:
            return words(code)
        return hours_words(self._floor.places[place].zones, doc.window, now)

    def _counts(self, name: str, now: float) -> QueueCounts:
        if self._setting.dialing:
            return self._floor.queue.counts(name, now)
        standing = self._floor.standings[name]
        waiting = standing.total - standing.done - standing.live
        return QueueCounts(ready=0, retry=0, held=waiting, holds=(("no_engine", waiting, None),) if waiting else ())

    def trunk(self, name: str) -> TrunkView:
        floor = self._floor
        doc, care = floor.trunks[name], floor.care.trunks[name]
        usage = floor.limiter.usage(trunk_scope(name))
        now = floor.clock.time()
        dialer = floor.dialers.get(name)
        waiting = sum(
            self._counts(campaign.name, now).ready
            for campaign in floor.campaigns.values()
            if campaign.trunk == name and floor.running(campaign.name)
        )
        next_at = None
        if usage.next_at is not None:
            next_at = now + max(0.0, usage.next_at - asyncio.get_running_loop().time())
        return TrunkView(
            name=name,
            backend=doc.backend,
            scenario=doc.scenario,
            version=doc.version,
            limits=doc.limits,
            live=usage.live,
            starts_60s=usage.starts,
            waiting=waiting,
            waiting_since=dialer.waiting_since if dialer and waiting else None,
            next_start_at=next_at,
            full=usage.full,
            circuit=care.circuit,
            cause=care.cause,
            retry_at=care.retry_at,
            trial=care.trial,
            pace=care.pace(doc.limits),
            stopped_until=care.stopped_until,
            locked=doc.locked,
            allowed=len(doc.allowed_numbers),
            caller_ids=floor.care.caller_ids.views(doc, floor.campaigns.values()),
            webhooks=self._webhooks(name),
        )

    def _webhooks(self, trunk: str) -> WebhookView | None:
        backend = self._floor.backends.get(trunk)
        if backend is None or not isinstance(backend, TakesWebhooks):
            return None
        return backend.webhooks()

    def call(self, attempt: str) -> CallView | None:
        call = self._floor.live.get(attempt) or self._floor.ended.get(attempt)
        return call.view() if call is not None else None

    # -- what moves by itself -------------------------------------------------------------------------------------

    def _heartbeat(self) -> None:
        if not self._marks.watched:
            self._beat = None
            return
        floor = self._floor
        self._beat = asyncio.get_running_loop().call_later(floor.clock.rate, self._heartbeat)
        self._marks(Kind.ENGINE, "")
        for name in floor.trunks:
            self._marks(Kind.TRUNK, name)
        for name, doc in floor.campaigns.items():
            if doc.state is not CampaignState.FINISHED:
                self._marks(Kind.CAMPAIGN, name)
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        for view in self._calling_clock(self._floor.clock.time()):
            if self._zones.get(view.zone) != view:
                self._zones[view.zone] = view
                self._marks(Kind.ZONE, view.zone)

    def close(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None


_NOT_AT_WORK = (CampaignState.DRAFT, CampaignState.PAUSED)


def _eta(doc: Campaign, ready: int, starts: int) -> float | None:
    """Seconds until all that are ready now are called once, at the pace of the last minute."""
    if doc.state is not CampaignState.RUNNING or not ready or not starts:
        return None
    return ready / starts * 60.0
