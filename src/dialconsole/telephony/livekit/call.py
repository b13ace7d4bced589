"""One attempt while this process supervises it: what is known, what was asked of it, and how it is looked at.

The steps of its life are functions over it, in the order of the life: ``room``, ``dial``, ``ringing`` (only when the
dial was lost sight of), ``watching``. What they share is here: the engine's line, the wish to hang up, the looks and
what they teach about a callee who is not there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import msgspec
from msgspec import Struct

from dialconsole.clock import Clock
from dialconsole.model.agent_signals import AgentJob
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import LiveKitSettings
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, CallLine, CallOrder
from dialconsole.telephony.detection import Detection
from dialconsole.telephony.livekit.pace import Pace, Waiting
from dialconsole.telephony.livekit.server import Failure, Server
from dialconsole.telephony.livekit.sight import NOTHING, Report, Sight

log = logging.getLogger(__name__)

GRACE_S: Final = 120.0
"""How long a server that cannot be reached is asked about a call: longer than any ring, and than the server's own
limit on one dial."""

RECONNECT_S: Final = 15.0
"""How long a callee must be missing to be gone after the server was away: LiveKit's SIP service takes 7 s to return."""

GONE_S: Final = 0.4
"""And otherwise: two looks in a row. One alone may fall between two states of the server."""

UNSETTLED_S: Final = 30.0
"""For so long after the server was away it may still be putting itself in order."""

AWAY: Final = 2
"""So many requests in a row must fail for a server to be away, and what was said meanwhile to be lost."""

NUDGE_S: Final = 0.25
"""Least time between two looks that webhooks ask for."""

LOST: Final = CallEnd(Outcome.UNKNOWN, detail="Nobody here watches this call any more; it may go on.")
UNREACHABLE: Final = CallEnd(
    Outcome.UNKNOWN,
    detail=f"The LiveKit server could not be reached for {GRACE_S:g} s; how the call went is not known.",
)

Listen = Callable[[str, str, float, float], Awaitable[Detection | None]]
"""Hears who answers: (room, callee's identity, silence after s, limit s). None: could not tell."""


class Surroundings(Struct, frozen=True):
    """What all calls of a trunk share."""

    server: Server
    settings: LiveKitSettings
    clock: Clock
    pace: Pace
    listen: Listen | None = None
    """The observer, if the trunk has one."""
    webhooks: Callable[[], bool] = lambda: False
    """Whether webhooks come in, so that looking may be rarer."""


class Call:
    def __init__(self, order: CallOrder, line: CallLine, around: Surroundings) -> None:
        self.order = order
        self.line = line
        self.around = around
        self.loop = asyncio.get_running_loop()
        self.hung_up = False
        """Somebody here wants it ended."""
        self.abandoned = False
        """The backend closes: watch no more, the call goes on."""
        self.has_room = False
        """There is a room of it at the server, or may be."""
        self.ended_here = False
        """The room was deleted by us, and LiveKit said so."""
        self.unconfirmed = False
        """The dial did not come back by itself, so it may still be on its way."""
        self.dialed_at: float | None = None
        self.answered_at: float | None = None
        """Loop times, as all instants here; the line is told clock times."""
        self.rang_at: float | None = None
        """When it was last seen ringing."""
        self.lost_sight = False
        """The answer, or what was heard after it, fell into a time in which the server or the engine was away."""
        self.agent_identity = ""
        """Identity of the call's agent: the one that was ready before the phone rang."""
        self.reported: Report = NOTHING
        """From webhooks: the last words of an agent that has left."""
        self.hint = 0
        """From webhooks: LiveKit's reason why the callee left (DisconnectReason), 0 if none came."""
        self.told: set[EventKind] = set()
        self.ear: asyncio.Task[Detection | None] | None = None
        """The observer at work."""
        self._woken: asyncio.Future[None] | None = None
        self._awake = False
        """Woken while no pause was on."""
        self._looked_at = self.loop.time()
        self._away_at: float | None = None
        """When the server last failed us."""
        self._failed = 0
        """Requests that have failed since the last look that did not."""
        self._missing_since: float | None = None
        self._nudged_at = float("-inf")
        self._ear_asked = False

    # -- the engine's line --------------------------------------------------------------------------------------------

    def tell(self, kind: EventKind, detail: str = "", at: float | None = None) -> None:
        """An event for the line; ``at`` is a loop time, now if None."""
        self.told.add(kind)
        self.line.event(CallEvent(kind, self.wall(at), detail))

    def wall(self, at: float | None = None) -> float:
        """A loop time on the engine's clock."""
        now = self.around.clock.time()
        return now if at is None else now - (self.loop.time() - at)

    def ringing(self) -> None:
        self.rang_at = self.loop.time()
        if EventKind.RINGING not in self.told:
            self.tell(EventKind.RINGING)

    def answered(self, detail: str = "", *, unseen: bool = False) -> None:
        """Nothing makes it unanswered from here on: after a restart the server lists a talking callee as dialing.

        ``unseen``: it was answered some time ago, and that is found out only now.
        """
        if self.answered_at is None:
            self.answered_at = self.loop.time()
            self.lost_sight |= unseen
            self.tell(EventKind.ANSWERED, detail)

    def remember(self) -> None:
        """Take in what the engine knows of a call that is adopted; the instants stay the ledger's own."""
        now, clock = self.loop.time(), self.around.clock.time()
        dialed_at, answered_at = self.order.dialed_at, self.order.answered_at
        self.dialed_at = now if dialed_at is None else now - (clock - dialed_at)
        if answered_at is not None:
            self.lost_sight = True
            self.answered_at = now - (clock - answered_at)
            self.told.add(EventKind.ANSWERED)
            self.line.event(CallEvent(EventKind.ANSWERED, answered_at))

    # -- wishes from outside ------------------------------------------------------------------------------------------

    def stopping(self) -> bool:
        """Hung up or abandoned: nothing new is to be begun."""
        return self.hung_up or self.abandoned

    def hang_up(self) -> None:
        self.hung_up = True
        self.wake()

    def abandon(self) -> None:
        self.abandoned = True
        self.wake()

    def wake(self) -> None:
        """End the present pause, or else the next one: something may have happened."""
        if self._woken is None:
            self._awake = True
        elif not self._woken.done():
            self._woken.set_result(None)

    def nudge(self) -> None:
        """A webhook says that something has happened: look soon. A storm of them costs no more than looking does."""
        if self.loop.time() - self._nudged_at >= NUDGE_S:
            self._nudged_at = self.loop.time()
            self.wake()

    async def pause(self, seconds: float) -> None:
        """Until ``seconds`` have passed or somebody wakes the call; at once, if somebody has since the last pause."""
        if self._awake:
            self._awake = False
            return
        self._woken = self.loop.create_future()
        timer = self.loop.call_later(max(0.0, seconds), self.wake)
        try:
            await self._woken
        finally:
            timer.cancel()
            self._woken = None

    async def end_room(self) -> bool:
        """Hang everybody up; False if the server could not be asked."""
        try:
            await self.around.server.delete_room(self.order.attempt)
        except Failure as error:
            log.warning("call %s: the room could not be deleted: %r", self.order.attempt, error)
            self.server_away()
            return False
        self.ended_here = True
        return True

    # -- our own ear --------------------------------------------------------------------------------------------------

    def listen(self, limit_s: float) -> None:
        """Send the observer, if the trunk has one and it was not sent before. It must be there when somebody speaks, so
        it is sent when the dial is."""
        if self.around.listen is None or self.ear is not None:
            return
        attempt = self.order.attempt
        hearing = self.around.listen(attempt, attempt, self.order.silence_after_s, limit_s)
        self.ear = asyncio.ensure_future(hearing)
        self.ear.add_done_callback(lambda _: self.wake())

    def heard(self) -> Detection | None:
        """What the observer made out, once."""
        if self.ear is None or not self.ear.done() or self._ear_asked:
            return None
        self._ear_asked = True
        if (error := self.ear.exception()) is not None:
            log.warning("call %s: could not listen to the callee: %r", self.order.attempt, error)
            return None
        return self.ear.result()

    # -- looking ------------------------------------------------------------------------------------------------------

    async def look(self) -> Sight | None:
        """The room now; None if the server could not be asked."""
        try:
            sight = await self.around.server.look(self.order.attempt)
        except Failure as error:
            log.debug("call %s: cannot look: %r", self.order.attempt, error)
            self.server_away()
            if isinstance(error, aiohttp.ClientConnectorError):  # nobody listens there: that is no lost packet
                self._failed = AWAY
            return None
        self._looked_at = self.loop.time()
        dialed = self.dialed_at is not None
        begun = self.rang_at is not None or self.answered_at is not None
        self.lost_sight |= (dialed and self._failed >= AWAY) or (begun and sight.callee == "dialing")
        self._failed = 0
        return sight

    def server_away(self) -> None:
        """The server failed us; what it says for a while must be taken with care."""
        self._away_at = self.loop.time()
        self._failed += 1

    @property
    def out_of_sight(self) -> bool:
        """No look has succeeded within the grace time."""
        return self.loop.time() - self._looked_at >= GRACE_S

    def is_gone(self, sight: Sight) -> bool:
        """Whether the callee has left for good; asked after each look."""
        if sight.callee is not None:
            self._missing_since = None
            return False
        now = self.loop.time()
        if self._missing_since is None:
            self._missing_since = now
        return now - self._missing_since >= self.patience_s

    @property
    def maybe_gone(self) -> bool:
        return self._missing_since is not None

    @property
    def patience_s(self) -> float:
        """How long somebody must be missing to be gone."""
        return RECONNECT_S if self.unsettled else GONE_S

    @property
    def unsettled(self) -> bool:
        """The server was away a moment ago."""
        return self._away_at is not None and self.loop.time() - self._away_at < UNSETTLED_S

    def interval(self, waiting: Waiting) -> float:
        return GONE_S + 0.1 if self.maybe_gone else self.around.pace.interval(waiting)

    def agent_left(self, identity: str, report: Report) -> None:
        """The last words of an agent, by a webhook. Of one that is not the call's own only a wish counts."""
        before = self.reported
        if self.agent_identity and identity != self.agent_identity:
            self.reported = msgspec.structs.replace(before, opt_out=before.opt_out or report.opt_out)
        else:
            self.reported = msgspec.structs.replace(
                report,
                opt_out=report.opt_out or before.opt_out,
                disposition=report.disposition or before.disposition,
            )

    # -- what the agent is told ---------------------------------------------------------------------------------------

    @property
    def agent(self) -> str:
        return self.order.agent or self.around.settings.agent

    def job(self) -> str:
        """The dispatch's metadata."""
        order = self.order
        job = AgentJob(
            attempt=order.attempt,
            campaign=order.campaign,
            number=order.number,
            name=order.name,
            attempt_no=order.attempt_no,
            silence_after_s=order.silence_after_s,
            on_machine=order.on_machine.value,
            variables=order.variables,
        )
        return msgspec.json.encode(job).decode()
