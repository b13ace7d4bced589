"""Calls through the LiveKit backend alone: the engine's end of the line, and a trunk to the callees."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dialconsole.clock import RealClock
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import Limits, LiveKitSettings, Trunk
from dialconsole.model.finding import FindingKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, CallOrder
from dialconsole.telephony.livekit.backend import LiveKitBackend, make_livekit_backend
from dialconsole.telephony.livekit.preflight import preflight
from kit.livekit.behaviour import Behaviour, number
from kit.livekit.configs import KEY, SECRET
from kit.livekit.processes import Server
from kit.livekit.stack import AGENT, TRUNK_NUMBER, Stack

KEYS_FILE = "livekit.keys"

WITHIN_S = 60.0
"""Far more than any step of a call takes; a machine with other work to do must not fail a test."""

AGENT_WITHIN_S = 30.0
"""So long a call waits for its agent, on such a machine."""


TRIES = 3


class Line:
    """The engine's end of one call: lets it dial, writes down what it hears, and lets a test wait for a step."""

    def __init__(self) -> None:
        self.events: list[CallEvent] = []
        self.asked = 0
        self.end: CallEnd | None = None
        self._over = False
        self._news = asyncio.Event()

    async def turn(self) -> None:
        return None

    async def may_dial(self) -> bool:
        self.asked += 1
        return True

    def event(self, event: CallEvent) -> None:
        self.events.append(event)
        self._news.set()

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]

    def detail(self, kind: EventKind) -> str:
        """What was said with the last event of this kind."""
        return next((event.detail for event in reversed(self.events) if event.kind is kind), "")

    def over(self, task: asyncio.Task[CallEnd]) -> None:
        """The call is over: who waits for a step of it waits in vain."""
        self.end = None if task.cancelled() or task.exception() else task.result()
        self._over = True
        self._news.set()

    async def comes_to(self, kind: EventKind) -> bool:
        """Wait for a step; False if the call was over without it."""
        while kind not in self.kinds and not self._over:
            self._news.clear()
            await self._news.wait()
        return kind in self.kinds

    async def within_time(self, kind: EventKind) -> bool:
        """``comes_to``, and a failure in words if neither comes within ``WITHIN_S``."""
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self.comes_to(kind)
        except TimeoutError:
            raise AssertionError(f"no {kind} within {WITHIN_S:g} s; heard {self.events}") from None

    async def until(self, kind: EventKind) -> None:
        """Until the call has taken this step."""
        assert await self.within_time(kind), f"no {kind}; heard {self.kinds}, then {self.end}"


class Placed(Struct):
    """A call under way: its line, and the task that ends with it."""

    order: CallOrder
    line: Line
    end: asyncio.Task[CallEnd]


class Desk:
    """A backend on real servers, and who places calls through it."""

    def __init__(self, backend: LiveKitBackend) -> None:
        self.backend = backend
        self._count = 0

    def order(self, behaviour: Behaviour, index: int = 0, **settings: Any) -> CallOrder:
        self._count += 1
        usual = {"ring_timeout_s": 20.0, "max_call_s": 60.0}
        return CallOrder(
            attempt=f"att-{id(self):x}-{self._count:06d}",
            number=number(behaviour, index),
            caller_id=TRUNK_NUMBER,
            campaign="spring",
            trunk="real",
            **(usual | settings),
        )

    def place(self, order: CallOrder) -> Placed:
        line = Line()
        task = asyncio.create_task(self.backend.place(order, line))
        task.add_done_callback(line.over)
        return Placed(order, line, task)

    async def reach(self, kind: EventKind, behaviour: Behaviour, index: int = 0, **settings: Any) -> Placed:
        """A call that has come to this step.

        A SIP service on a busy machine may take more than the second in which LiveKit wants to hear from it, and a
        worker that has just come up more than ``AGENT_WITHIN_S``; then nothing was dialed, as the end says, and it is
        tried again.
        """
        for _ in range(TRIES):
            call = self.place(self.order(behaviour, index, **settings))
            if await call.line.within_time(kind):
                return call
            end = await call.end
            assert nothing_dialed(end), f"no {kind}; heard {call.line.kinds}, then {end}"
        raise AssertionError(f"nothing could be dialed {TRIES} times: {end}")

    async def ended(self, behaviour: Behaviour, index: int = 0, **settings: Any) -> Placed:
        """A call that is over; again, if nothing could be dialed."""
        for _ in range(TRIES):
            call = self.place(self.order(behaviour, index, **settings))
            if not nothing_dialed(await call.end):
                return call
        raise AssertionError(f"nothing could be dialed {TRIES} times: {call.line.end}")


@contextlib.asynccontextmanager
async def opened_desk(stack: Stack, folder: Path, **settings: Any) -> AsyncIterator[Desk]:
    """A backend as a trunk's document makes it. Nothing of it is left behind, or the test fails."""
    write_keys(folder)
    clock = RealClock()
    backend = make_livekit_backend(real_trunk(stack, **settings), folder, clock)
    try:
        yield Desk(backend)
        assert len(backend) == 0, "a call or a room was left behind"
    finally:
        await backend.close()


def real_trunk(stack: Stack, limits: Limits | None = None, **settings: Any) -> Trunk:
    """The trunk ``real``, which may call everybody. ``settings`` are fields of ``LiveKitSettings``."""
    usual = LiveKitSettings(
        url=stack.ws_url,
        sip_trunk_id=stack.trunk_id,
        agent=AGENT,
        keys_file=KEYS_FILE,
        # Calls wait for their agent on a machine that has other work to do, and looks cost nothing here.
        agent_ready_s=AGENT_WITHIN_S,
        verdict_s=20.0,
        api_calls_per_minute=6000,
    )
    return Trunk(
        name="real",
        backend="livekit",
        caller_ids=(TRUNK_NUMBER,),
        limits=limits or Limits(max_concurrent=100, calls_per_minute=1000, calls_per_second=10.0),
        released=True,
        livekit=replace(usual, **settings),
    )


def write_keys(folder: Path, secret: str = SECRET) -> None:
    path = folder / KEYS_FILE
    path.write_text(f"LIVEKIT_API_KEY={KEY}\nLIVEKIT_API_SECRET={secret}\n", "utf-8")
    path.chmod(0o600)


def nothing_dialed(end: CallEnd) -> bool:
    """Whether no agent or no SIP service took the call."""
    no_service = end.outcome is Outcome.TRUNK_FAULT and "No SIP service" in end.detail
    return no_service or end.outcome is Outcome.AGENT_UNAVAILABLE


async def faults(stack: Stack, folder: Path, *, secret: str = SECRET, **settings: Any) -> list[str]:
    """Names of what the preflight finds wrong with a trunk."""
    write_keys(folder, secret)
    trunk = real_trunk(stack, **settings)
    findings = await preflight(trunk, clock=RealClock(), folder=folder, ring_timeout_s=30.0)
    return [finding.name for finding in findings if finding.kind is FindingKind.FAULT]


async def until(look: Callable[[], object], fault: Callable[[], str], within: float = WITHIN_S) -> None:
    """Until ``look`` finds something; fails with the words of ``fault`` at the deadline."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not look():
        assert loop.time() < end, fault()
        await asyncio.sleep(0.1)


async def restart(server: Server) -> None:
    """Start a server that was killed, and wait until it answers; the loop goes on meanwhile."""
    server.launch()
    await until(lambda: server.answers, lambda: f"{server.name} did not come back:\n{server.tail()}")
