"""Real calls: the backend over a LiveKit server.

    room + agent -> agent listens -> the last question -> dial -> answered -> watched to its end -> room deleted

Each attempt has a room of its own name, and in it a callee of that name: after a crash, or when a request is lost, the
attempt id is all that is needed to find the call again. On every path the room is deleted; a room that is left behind
holds an agent, and perhaps a phone that rings.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dialconsole.clock import Clock
from dialconsole.model.campaign import LiveKitSettings, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import STALE_S, CallEnd, CallLine, CallOrder, Found, end_of_gone
from dialconsole.telephony.livekit.access import Access, read_access
from dialconsole.telephony.livekit.call import GONE_S, LOST, Call, Listen, Surroundings
from dialconsole.telephony.livekit.dial import dial
from dialconsole.telephony.livekit.observer import MISSING, CalleeListener
from dialconsole.telephony.livekit.pace import Pace
from dialconsole.telephony.livekit.ringing import find_again
from dialconsole.telephony.livekit.room import HUNG_UP_EARLY, prepare, still_listens
from dialconsole.telephony.livekit.server import Failure, Server
from dialconsole.telephony.livekit.sight import ANSWERED_STATES, report_of
from dialconsole.telephony.livekit.sweeping import Sweeper
from dialconsole.telephony.livekit.watching import watch
from dialconsole.telephony.livekit.webhooks import WebhookEndpoint, address_of

if TYPE_CHECKING:
    from livekit.protocol.webhook import WebhookEvent

IN_FLIGHT_S: Final = 2.0
"""A room without a callee may be that of a process that died with its dial on the way; it is looked at again."""

CLOSING_S: Final = 3.0
"""How long closing waits for calls to let go, and again for rooms to be deleted."""

_NOT_ALLOWED: Final = CallEnd(Outcome.CANCELLED, detail="the last check before dialing said no")
_CLOSED: Final = CallEnd(Outcome.CANCELLED, detail="the backend is closed; nothing was dialed")
_TWICE: Final = CallEnd(Outcome.UNKNOWN, detail="This attempt is in progress already; it was not dialed again.")

_SIP, _AGENT = 3, 4  # ParticipantInfo.Kind


class LiveKitBackend:
    """``Backend`` over one LiveKit server and one of its SIP trunks; made inside the event loop it works on."""

    def __init__(
        self,
        settings: LiveKitSettings,
        server: Server,
        clock: Clock,
        *,
        listen: Listen | None = None,
        access: Access | None = None,
    ) -> None:
        """``listen`` hears who answers (the observer). ``access`` verifies webhooks, if the settings want them."""
        self._server = server
        self._calls: dict[str, Call] = {}
        self._sweeper = Sweeper(server)
        self._endpoint: WebhookEndpoint | None = None
        if settings.webhook_listen and access is not None:
            self._endpoint = WebhookEndpoint(access, address_of(settings.webhook_listen), self.heard)
        self._around = Surroundings(
            server, settings, clock, Pace(settings.api_calls_per_minute), listen, self._takes_webhooks
        )
        self._closed = False
        self._let_go: asyncio.Future[None] | None = None

    @property
    def requests(self) -> dict[str, int]:
        """API calls made so far, by name."""
        return dict(self._server.requests)

    def __len__(self) -> int:
        """Calls supervised, and rooms that are still to be deleted."""
        return len(self._calls) + len(self._sweeper)

    async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
        """See ``Backend.place``. The line's own errors are not caught; they leave no call behind."""
        return await self._see_through(Call(order, line, self._around), _place)

    async def hang_up(self, attempt: str) -> None:
        """See ``Backend.hang_up``. While the line is asked, it takes effect when that returns: nothing is dialed."""
        call = self._calls.get(attempt)
        if call is not None:
            call.hang_up()

    async def find(self, attempt: str) -> Found:
        """See ``Backend.find``. What is left of a call that is gone is cleared away."""
        if attempt in self._calls:
            return Found.ALIVE
        try:
            sight = await self._server.look(attempt)
            if sight.callee is not None:
                return Found.ALIVE
            if not sight.agents and not await self._server.has_room(attempt):
                return Found.GONE
            await asyncio.sleep(IN_FLIGHT_S)
            if (await self._server.look(attempt)).callee is not None:
                return Found.ALIVE
        except Failure:
            return Found.UNREACHABLE
        with contextlib.suppress(*Failure):
            await self._server.delete_room(attempt)
        return Found.GONE

    async def adopt(self, order: CallOrder, line: CallLine) -> CallEnd:
        """See ``Backend.adopt``. The line first hears what it missed."""
        return await self._see_through(Call(order, line, self._around), _adopt)

    async def close(self) -> None:
        """See ``Backend.close``. A ``place`` that still waits returns ``UNKNOWN``: the call may go on."""
        if self._closed:
            return
        self._closed = True
        for call in self._calls.values():
            call.abandon()
        if self._calls:
            self._let_go = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._let_go], timeout=CLOSING_S)
        if self._endpoint is not None:
            await self._endpoint.close()
        await self._sweeper.close(CLOSING_S)
        await self._server.close()

    def heard(self, event: WebhookEvent) -> None:
        """A webhook with a true signature: about a call of ours, or not."""
        call = self._calls.get(event.room.name)
        if call is None:
            return
        participant = event.participant
        if event.event == "participant_left" and participant.kind == _SIP and participant.identity == event.room.name:
            call.hint = participant.disconnect_reason
        elif event.event == "participant_left" and participant.kind == _AGENT:
            call.agent_left(participant.identity, report_of(participant.attributes))
        call.nudge()

    def _takes_webhooks(self) -> bool:
        return self._endpoint is not None and self._endpoint.open

    async def _see_through(self, call: Call, course: Callable[[Call], Awaitable[CallEnd]]) -> CallEnd:
        """A call from its first step to the deletion of its room, whatever comes between."""
        attempt = call.order.attempt
        if self._closed:
            return _CLOSED
        if attempt in self._calls:
            return _TWICE
        self._calls[attempt] = call
        self._server.enter(attempt)
        try:
            if self._endpoint is not None:
                await self._endpoint.start()
            end = await course(call)
            if end is not LOST:
                await self._clear_away(call)
            return end
        except BaseException:
            if call.has_room and not self._closed:
                self._sweeper.sweep(attempt, again_after_s=_overtaken_s(call))
            raise
        finally:
            if call.ear is not None:
                self._sweeper.let_end(call.ear)
            self._server.leave(attempt)
            del self._calls[attempt]
            if self._let_go is not None and not self._calls and not self._let_go.done():
                self._let_go.set_result(None)

    async def _clear_away(self, call: Call) -> None:
        """Delete the room of a call that is over: now if it can be done, else beside everything else."""
        if not call.has_room:
            return
        gone = call.ended_here or await call.end_room()
        again_after_s = _overtaken_s(call)
        if not gone or again_after_s:
            self._sweeper.sweep(call.order.attempt, again_after_s=again_after_s)


def _overtaken_s(call: Call) -> float:
    """How long after the first deletion the second comes, if a dial may still be on its way; else 0."""
    fresh = call.dialed_at is not None and call.loop.time() - call.dialed_at < 5 * IN_FLIGHT_S
    return IN_FLIGHT_S if call.unconfirmed and fresh else 0.0


async def _place(call: Call) -> CallEnd:
    end = await prepare(call)
    if end is not None:
        return end
    since = call.loop.time()
    await call.line.turn()
    if call.stopping():
        return HUNG_UP_EARLY
    if call.loop.time() - since > STALE_S and (end := await still_listens(call)) is not None:
        return end
    if not await call.line.may_dial():
        return _NOT_ALLOWED
    if call.stopping():  # asked to hang up during the question: nothing was dialed, and nothing shall be
        return HUNG_UP_EARLY
    return await dial(call) or await watch(call)


async def _adopt(call: Call) -> CallEnd:
    sight = await call.look()
    while sight is not None and sight.callee is None:
        if call.is_gone(sight):
            return end_of_gone(call.order)
        await call.pause(GONE_S)
        sight = await call.look()
    call.has_room = True
    call.remember()
    if sight is not None and sight.callee in ANSWERED_STATES:
        call.answered(unseen=True)
    if call.answered_at is not None:
        return await watch(call)
    return await find_again(call) or await watch(call)


def make_livekit_backend(trunk: Trunk, folder: Path, clock: Clock) -> LiveKitBackend:
    """The backend for a trunk as its settings have it. Raises ``Problem``: a setting is missing or wrong, or a key."""
    settings = trunk.livekit
    _refuse_incomplete(trunk.name, settings)
    access = read_access(settings, folder)
    if settings.webhook_listen:
        address_of(settings.webhook_listen)
    listen = _observer(access) if settings.observe else None
    return LiveKitBackend(settings, Server(access), clock, listen=listen, access=access)


def _refuse_incomplete(trunk: str, settings: LiveKitSettings) -> None:
    wanted = {
        "url": ("the address of the LiveKit server", "wss://project.livekit.cloud"),
        "sip_trunk_id": ("LiveKit's id of the outbound trunk", "ST_..."),
        "agent": ("the name under which the agent's worker registers", "NAME"),
    }
    for key, (what, example) in wanted.items():
        if not getattr(settings, key):
            raise Problem(
                f"Trunk {trunk} cannot place calls through LiveKit: {key} is missing, {what}. "
                f"Set it: dialconsole trunk set {trunk} livekit.{key}={example}",
                code="incomplete_trunk",
            )


def _observer(access: Access) -> Listen:
    if find_spec("livekit.rtc") is None:
        raise Problem(
            MISSING,
            code="no_observer",
        )
    return partial(CalleeListener().listen, access)
