"""The LiveKit backend over the fake server: how the contract, and every other test of it, places calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from contracts.backend_rig import Rig, Situation
from dialconsole.clock import LoopClock
from dialconsole.model.campaign import LiveKitSettings
from dialconsole.telephony.backend import Backend, CallOrder
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.backend import LiveKitBackend
from dialconsole.telephony.livekit.server import Server
from kit.livekit_cast import BUSY, Agent, Callee
from kit.socket_loop import run_with_sockets
from kit.twirp import AGENT, KEY, SECRET, TRUNK, FakeLiveKit

T = TypeVar("T")

TUESDAY = datetime(2026, 3, 3, 15, tzinfo=UTC)
SETTINGS = LiveKitSettings(sip_trunk_id=TRUNK, agent=AGENT, api_calls_per_minute=100_000)

CAST = {
    "10": Callee(),
    "11": Callee(voice="machine", stays_s=60.0),
    "12": Callee(voice="silent", stays_s=60.0),
    "14": Callee(refusal=BUSY),
    "21": Callee(answers_after_s=None),
    "23": Callee(stays_s=0.4),
}
"""By the last two digits of the number, as the fake trunk has them."""


def by_digits(number: str) -> Callee:
    return CAST[number[-2:]]


def order(digits: str = "10", attempt: str = "att-1", **changes: object) -> CallOrder:
    order = CallOrder(attempt, f"+121255501{digits}", "+12125550199", "reminders", "main")
    return msgspec.structs.replace(order, **changes)


class MortalServer(Server):
    """A client whose process can die: what it is doing then is never finished, and nothing new is begun."""

    dead = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        mortal = ("create_room", "look", "has_room", "dial", "dispatch", "send", "remove", "delete_room", "skew_s")
        return self._mortal(found) if name in mortal else found

    def _mortal(self, deed: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def do(*args: Any) -> Any:
            if not self.dead:
                try:
                    return await deed(*args)
                except Exception:
                    if not self.dead:
                        raise
            return await asyncio.get_running_loop().create_future()

        return do


def backend_on(server: FakeLiveKit, settings: LiveKitSettings = SETTINGS, **more: Any) -> LiveKitBackend:
    client = MortalServer(Access(server.url, more.pop("key", KEY), SECRET))
    return LiveKitBackend(settings, client, LoopClock(TUESDAY), **more)


def with_server(
    main: Callable[[FakeLiveKit], Awaitable[T]],
    callees: Callable[[str], Callee] = by_digits,
    agents: dict[str, Agent] | None = None,
) -> T:
    """Run a test over a fake server, in virtual time."""

    async def body() -> T:
        async with FakeLiveKit(callees, agents) as server:
            return await main(server)

    return run_with_sockets(body)


class LiveKitRig(Rig):
    slack_s = 4.0
    """Looks are seconds apart, and a callee who is missing is looked for twice."""
    quiet_s = 60.0

    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        async def body(server: FakeLiveKit) -> None:
            self._server = server
            self._killed: list[LiveKitBackend] = []
            await main()
            for backend in self._killed:
                await backend.close()

        with_server(body)

    def backend(self) -> Backend:
        return backend_on(self._server)

    def kill(self, backend: Backend) -> None:
        assert isinstance(backend, LiveKitBackend)
        server = backend._server
        assert isinstance(server, MortalServer)
        server.dead = True
        self._killed.append(backend)

    def number(self, situation: Situation) -> str:
        endings = {Situation.TALKS: "10", Situation.GREETS: "11", Situation.RINGS: "21", Situation.BUSY: "14"}
        return f"+121255501{endings[situation]}"
