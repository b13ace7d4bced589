"""An engine to test: real queue, gate, limiter and ledger on virtual time, with callees that do what a test says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from dialconsole.clock import Clock, LoopClock, run_virtual
from dialconsole.compliance.registry.demo import write_demo_registry
from dialconsole.engine.engine import Engine
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import Campaign, Limits, Trunk
from dialconsole.model.outcome import Outcome
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import CreateCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.request import Caller, Request
from dialconsole.model.request.trunks import AddTrunk
from dialconsole.model.view import Role
from dialconsole.store.ledger import Ledger
from dialconsole.store.sqlite_ledger import SqliteLedger
from dialconsole.store.workspace import Workspace
from dialconsole.telephony.backend import Backend, CallEnd, CallLine, CallOrder, Found

T = TypeVar("T")
R = TypeVar("R")

NOON_EAST = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
"""A Tuesday: 12:00 in New York, 9:00 in Los Angeles, 7:00 in Honolulu."""

MARIA = Caller(user="maria", uid=1001, pid=7, role=Role.ADMIN)

WIDE_OPEN = Limits(max_concurrent=1000, calls_per_minute=100_000, calls_per_second=1000.0)


class Callee(Struct, frozen=True):
    """How one callee behaves. Seconds."""

    outcome: Outcome = Outcome.ANSWERED
    setup_s: float = 0.5
    ring_s: float = 5.0
    talk_s: float = 30.0
    sip_code: int | None = None
    sip_reason: str = ""
    says: tuple[EventKind, ...] = ()
    """Events while talking, such as ``OPT_OUT``."""
    detail: str = ""
    retry_after_s: float | None = None
    stops_trunk: bool = False
    look_s: float = 0.0
    """Between its turn and the last question."""


Script = Callable[[CallOrder], Callee]


class ScriptedBackend:
    """A ``Backend`` whose callees do what ``script`` says; remembers every order it dialed."""

    clock: Clock
    """Of the room it is used in; given by ``open_room``, for it may outlive an engine and its clock."""

    def __init__(self, script: Script = lambda order: Callee()) -> None:
        self.dialed: list[tuple[float, CallOrder]] = []
        self.adopted: list[CallOrder] = []
        self.prepared: list[CallOrder] = []
        self.script = script
        self.alive: dict[str, Callee] = {}
        """Calls that outlived a process, for ``find`` and ``adopt``."""
        self.unreachable = 0
        """How many more times ``find`` fails."""
        self._hung_up: dict[str, asyncio.Event] = {}

    async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
        callee = self.script(order)
        self.prepared.append(order)
        await asyncio.sleep(callee.setup_s)
        line.event(CallEvent(EventKind.AGENT_READY, self.clock.time()))
        await line.turn()
        await asyncio.sleep(callee.look_s)
        if not await line.may_dial():
            return CallEnd(Outcome.CANCELLED)
        self.dialed.append((self.clock.time(), order))
        line.event(CallEvent(EventKind.DIALING, self.clock.time()))
        line.event(CallEvent(EventKind.RINGING, self.clock.time()))
        return await self._go_on(order, line, callee)

    async def adopt(self, order: CallOrder, line: CallLine) -> CallEnd:
        self.adopted.append(order)
        return await self._go_on(order, line, self.alive.pop(order.attempt))

    async def _go_on(self, order: CallOrder, line: CallLine, callee: Callee) -> CallEnd:
        stop = self._hung_up.setdefault(order.attempt, asyncio.Event())
        end = CallEnd(
            callee.outcome, callee.sip_code, callee.sip_reason, callee.detail, callee.stops_trunk, callee.retry_after_s
        )
        if await _within(stop, callee.ring_s):
            return CallEnd(Outcome.CANCELLED)
        if callee.outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL):
            line.event(CallEvent(EventKind.ANSWERED, self.clock.time()))
            kind = EventKind.HUMAN if callee.outcome is Outcome.ANSWERED else EventKind.MACHINE
            line.event(CallEvent(kind, self.clock.time()))
            for said in callee.says:
                line.event(CallEvent(said, self.clock.time()))
            await _within(stop, callee.talk_s)
        return end

    async def hang_up(self, attempt: str) -> None:
        self._hung_up.setdefault(attempt, asyncio.Event()).set()

    async def find(self, attempt: str) -> Found:
        if self.unreachable:
            self.unreachable -= 1
            return Found.UNREACHABLE
        return Found.ALIVE if attempt in self.alive else Found.GONE

    async def close(self) -> None:
        return None

    @property
    def numbers(self) -> list[str]:
        """Numbers in the order they were dialed."""
        return [order.number for _, order in self.dialed]


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class Room(Struct):
    """An open engine with its script and clock."""

    engine: Engine
    backend: ScriptedBackend
    clock: LoopClock
    ledger: Ledger
    path: Path

    async def ask(self, request: Request[R], caller: Caller = MARIA) -> R:
        return await self.engine.handle(request, caller)

    async def campaign(
        self,
        numbers: Iterable[str],
        *,
        name: str = "spring",
        zone: str = "America/New_York",
        consent: ConsentBasis = ConsentBasis.WRITTEN,
        **settings: object,
    ) -> None:
        """A running campaign of ``numbers``, all in one zone."""
        said: dict[str, object] = {
            "trunk": "main",
            "caller_identity": "A test",
            "opt_out_line": "+12125550199",
            "purpose": Purpose.INFORMATIONAL,
        }
        await self.ask(CreateCampaign(campaign=Campaign(name=name, **(said | settings))))  # type: ignore[arg-type]
        path = self.path / f"{name}.csv"
        rows = "".join(f"{number},Person {i},{zone}\n" for i, number in enumerate(numbers))
        path.write_text(f"phone,name,timezone\n{rows}", "utf-8")
        await self.ask(ImportList(campaign=name, path=str(path), attest=consent))
        await self.ask(StartCampaign(name=name))


def number(index: int, area: str = "212") -> str:
    """A fictional number: 100 of them in each area code."""
    return f"+1{area}55501{index:02d}"


@contextlib.asynccontextmanager
async def open_room(
    path: Path,
    script: Script = lambda order: Callee(),
    *,
    limits: Limits = WIDE_OPEN,
    start: datetime = NOON_EAST,
    durable: bool = False,
    backend: ScriptedBackend | None = None,
    dialing: bool = True,
    trunk: Trunk | None = None,
    backends: Callable[[Trunk, Clock], Backend] | None = None,
    registry: Callable[[Path, float], object] = write_demo_registry,
) -> AsyncIterator[Room]:
    """A fresh or existing workspace at ``path`` with an engine on it and one trunk, ``main`` (or ``trunk``).

    ``backends`` may make others than the scripted one, or refuse to. ``registry`` writes the national registry; that of
    a demonstration will not do for a trunk of the backend livekit (``kit.registry.write_real_registry``).
    """
    clock = LoopClock(start)
    folder = path / "workspace"
    fresh = not folder.exists()
    workspace = Workspace.create(folder, id="0000cafe", at=clock.time()) if fresh else Workspace.open(folder)
    registry(workspace.registry_path, clock.time())
    ledger = await SqliteLedger.open(workspace.ledger_path, durable=durable)
    scripted = backend or ScriptedBackend(script)
    scripted.clock = clock
    engine = await Engine.open(
        workspace,
        clock,
        dialing=dialing,
        zone="America/New_York",
        ledger=ledger,
        backends=lambda doc: backends(doc, clock) if backends else scripted,
    )
    try:
        if fresh:
            await engine.handle(AddTrunk(trunk=trunk or Trunk(name="main", limits=limits)), MARIA)
        yield Room(engine, scripted, clock, ledger, path)
    finally:
        await engine.close()


def virtual(main: Callable[[], Awaitable[T]]) -> T:
    """Run a test's coroutine in virtual time."""
    return run_virtual(main)
