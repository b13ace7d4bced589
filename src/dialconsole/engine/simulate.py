"""A whole day of calling in seconds: the real engine, gate, limiter and ledger, on a clock that jumps.

Nothing here is a model of the engine; it *is* the engine, opened on a fresh workspace with the fake SIP backend. Only
two things differ from a day on the phone: the ledger does not wait for the disk (nothing real is at stake), and the
time between two events does not pass.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import time
from bisect import bisect_right
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from dialconsole.clock import LoopClock, posix, run_virtual
from dialconsole.engine.engine import Engine
from dialconsole.engine.floor import Floor
from dialconsole.limits.limiter import WINDOW_S
from dialconsole.model.campaign import Campaign, Limits, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import ContactStatus
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.model.request.campaigns import CreateCampaign, PauseCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList, ImportReport
from dialconsole.model.request.optouts import ImportOptOuts
from dialconsole.model.request.request import Caller
from dialconsole.model.request.trunks import AddTrunk
from dialconsole.model.view import Role
from dialconsole.store.ledger import LedgerFull
from dialconsole.store.sqlite_ledger import SqliteLedger
from dialconsole.store.workspace import Workspace

CAMPAIGN = "simulation"
TRUNK = "main"
OUT_OF_TIME = "out_of_time"
_COLLECTED_AFTER = 50_000
"""Objects made and not freed between two looks for garbage."""
_LOOK_S = 60.0
"""Between two looks whether calls can still be recorded."""
SIMULATOR = Caller(user="simulate", uid=-1, pid=0, role=Role.ADMIN)


class SimulationPlan(Struct, frozen=True):
    lists: tuple[str, ...]
    """Paths of call lists."""
    workspace: str
    """A folder that does not exist yet, or is empty."""
    start: datetime
    """Aware."""
    hours: float
    seed: int = 0
    calls_per_minute: int = 30
    concurrency: int = 10
    dnc: str | None = None
    scenario: str = "basic"
    default_region: str = "US"
    registry: str | None = "demo"
    """``demo``: a small one of its own; ``None``: none, and nothing is called; else the path of a full list."""
    consent: ConsentBasis | None = ConsentBasis.WRITTEN
    """Attested for rows that say nothing. A rehearsal calls nobody, so it attests what a real list must show."""
    purpose: Purpose = Purpose.MARKETING
    voice: Voice = Voice.AI


class SimulationReport(Struct, frozen=True):
    contacts: int
    rejected_rows: int
    duplicates: int
    attempts: int
    outcomes: dict[str, int]
    statuses: dict[str, int]
    held: dict[str, int]
    """All contacts not final at the end, by why they wait: ``hours``, ``too_soon`` ..., ``retry`` (their next attempt
    is not due), ``trunk_open``, and ``out_of_time``: it was their turn when the hours were over."""
    refused: dict[str, int]
    """Contacts that the gate refused, by code."""
    max_starts_60s: int
    """The most calls dialed in any 60 seconds, counted from the ledger."""
    max_concurrent: int
    """The most calls in progress at once, counted from the ledger."""
    virtual_seconds: float
    wall_seconds: float


def simulate(plan: SimulationPlan) -> SimulationReport:
    """Run a plan to its end. Raises ``Problem`` for lists, folders and scenarios that cannot be used."""
    began = time.perf_counter()
    with _seldom_collected():
        report = run_virtual(lambda: _Simulation(plan).run())
    return _with_wall(report, time.perf_counter() - began)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Calls leave no cycles behind, but each is made of so many objects that the garbage collector would walk over
    the living ones all day: a tenth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _Simulation:
    def __init__(self, plan: SimulationPlan) -> None:
        self._plan = plan

    async def run(self) -> SimulationReport:
        plan = self._plan
        clock = LoopClock(plan.start)
        workspace = Workspace.create(
            Path(plan.workspace), name="simulation", id=_id_of(plan.seed), demo=True, at=posix(plan.start)
        )
        self._make_registry(workspace.registry_path)
        ledger = await SqliteLedger.open(workspace.ledger_path, durable=False)
        engine = await Engine.open(workspace, clock, dialing=True, seed=plan.seed, zone="UTC", ledger=ledger)
        try:
            imports = await self._prepare(engine)
            await _while_recorded(engine.floor, self._day(engine))
            return await self._report(engine.floor, ledger, imports)
        except LedgerFull as why:
            raise Problem(str(why), code="disk") from None
        finally:
            await engine.close()

    def _make_registry(self, folder: Path) -> None:
        from dialconsole.compliance.registry.demo import write_demo_registry
        from dialconsole.compliance.registry.importing import import_registry

        plan = self._plan
        if plan.registry == "demo":
            write_demo_registry(folder, posix(plan.start))
        elif plan.registry is not None:
            import_registry(folder, [Path(plan.registry)], obtained=plan.start.astimezone(UTC).date())

    async def _prepare(self, engine: Engine) -> list[ImportReport]:
        plan = self._plan
        limits = Limits(
            max_concurrent=plan.concurrency,
            calls_per_minute=plan.calls_per_minute,
            calls_per_second=max(1.0, plan.calls_per_minute / WINDOW_S),
        )
        await engine.handle(AddTrunk(trunk=Trunk(name=TRUNK, scenario=plan.scenario, limits=limits)), SIMULATOR)
        campaign = Campaign(
            name=CAMPAIGN,
            trunk=TRUNK,
            default_region=plan.default_region,
            purpose=plan.purpose,
            voice=plan.voice,
            caller_identity="A simulation",
            opt_out_line="+12125550100",
        )
        await engine.handle(CreateCampaign(campaign=campaign), SIMULATOR)
        imports = [
            await engine.handle(ImportList(campaign=CAMPAIGN, path=path, attest=plan.consent), SIMULATOR)
            for path in plan.lists
        ]
        if plan.dnc is not None:
            await engine.handle(ImportOptOuts(path=plan.dnc), SIMULATOR)
        if any(report.list.contacts for report in imports):
            await engine.handle(StartCampaign(name=CAMPAIGN), SIMULATOR)
        return imports

    async def _day(self, engine: Engine) -> None:
        await _until_done(engine.floor, posix(self._plan.start) + self._plan.hours * 3600)
        await engine.handle(PauseCampaign(name=CAMPAIGN, reason="the hours are over"), SIMULATOR)
        await engine.floor.quiet()

    async def _report(self, floor: Floor, ledger: SqliteLedger, imports: list[ImportReport]) -> SimulationReport:
        now = floor.clock.time()
        counts = floor.queue.counts(CAMPAIGN, now)
        held = {code: count for code, count, _ in counts.holds}
        if counts.retry:
            held["retry"] = counts.retry
        if counts.ready:
            hold = floor.care.obstacle(floor.campaigns[CAMPAIGN], counts.ready)
            held[OUT_OF_TIME if hold is None else hold.code] = counts.ready
        statuses = (await ledger.status_counts()).get(CAMPAIGN, {})
        outcomes = (await ledger.outcome_counts(0.0)).get(CAMPAIGN, {})
        attempts = await ledger.call_times()
        return SimulationReport(
            contacts=sum(report.list.contacts for report in imports),
            rejected_rows=sum(report.list.rejected for report in imports),
            duplicates=sum(report.list.duplicates for report in imports),
            attempts=len(attempts),
            outcomes={outcome.value: count for outcome, count in sorted(outcomes.items())},
            statuses={status.value: statuses.get(status, 0) for status in ContactStatus},
            held=held,
            refused=dict(floor.refusals),
            max_starts_60s=most_starts(attempts),
            max_concurrent=most_at_once(attempts),
            virtual_seconds=round(now - posix(self._plan.start), 3),
            wall_seconds=0.0,
        )


async def _while_recorded(floor: Floor, day: Coroutine[Any, Any, None]) -> None:
    """Live through the day. Raises ``Problem`` when the disk refuses: on this clock nobody would ever make room."""
    going = asyncio.ensure_future(day)
    while not going.done() and not floor.brake.on:
        await asyncio.wait({going}, timeout=_LOOK_S)
    if floor.brake.on:
        going.cancel()
        await asyncio.wait({going})
        raise Problem(floor.brake.sentence, code="disk")
    await going


async def _until_done(floor: Floor, end: float) -> None:
    """Wait until nothing is left to do, or until ``end`` (POSIX seconds)."""

    try:
        async with asyncio.timeout(max(0.0, end - floor.clock.time())):
            while True:
                await floor.quiet()
                waits = [dialer.next_due for dialer in floor.dialers.values()]
                if all(dialer.idle for dialer in floor.dialers.values()) and not any(w is not None for w in waits):
                    return
                # Something is due: let it begin, then wait for the calls it starts.
                await asyncio.sleep(max(1.0, min((w for w in waits if w is not None), default=1.0)))
    except TimeoutError:
        return


class Timed(Protocol):
    """An attempt, as far as it is counted here."""

    @property
    def claimed_at(self) -> float: ...
    @property
    def dialed_at(self) -> float | None: ...
    @property
    def ended_at(self) -> float | None: ...


def most_starts(attempts: Iterable[Timed], window_s: float = WINDOW_S) -> int:
    """The most calls dialed within any ``window_s`` seconds (half-open: two starts exactly that far apart are two)."""
    starts = sorted(a.dialed_at for a in attempts if a.dialed_at is not None)
    return max((i + 1 - bisect_right(starts, at - window_s) for i, at in enumerate(starts)), default=0)


def most_at_once(attempts: Sequence[Timed]) -> int:
    """The most attempts between claim and end at one instant; one that ends as another is claimed does not overlap."""
    claims = sorted(a.claimed_at for a in attempts)
    ends = sorted(a.ended_at for a in attempts if a.ended_at is not None)
    most = over = 0
    for claimed, at in enumerate(claims, 1):
        while over < len(ends) and ends[over] <= at:
            over += 1
        most = max(most, claimed - over)
    return most


def _id_of(seed: int) -> str:
    """The same seed gives the same attempt ids."""
    return hashlib.blake2s(f"simulation {seed}".encode(), digest_size=4).hexdigest()


def _with_wall(report: SimulationReport, seconds: float) -> SimulationReport:

    return msgspec.structs.replace(report, wall_seconds=round(seconds, 3))
