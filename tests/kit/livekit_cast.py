"""Callees and agents of the fake LiveKit server: scripts, and what plays them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from livekit.protocol import models
from livekit.protocol.sip import CreateSIPParticipantRequest
from msgspec import Struct

if TYPE_CHECKING:
    from kit.twirp import FakeLiveKit, FakeRoom


class Refusal(Struct, frozen=True):
    """An error as it stands on the wire."""

    code: str
    http: int
    msg: str = ""
    meta: dict[str, str] = {}


RUNG_OUT = Refusal("canceled", 408, "twirp error unknown: sip request timed out")
"""The ring time-out; and the same when the room is deleted while it rings. No metadata."""

BUSY = Refusal("resource_exhausted", 429, "busy", {"sip_status_code": "486", "sip_status": "Busy Here"})


VERDICT_S = {"human": 2.1, "machine": 3.1, "silent": 3.5, "unsure": 4.0}
"""After the answer, as measured with a worker that listens for speech."""


class Callee(Struct, frozen=True):
    """Seconds count from the step before."""

    rings_after_s: float | None = 0.5
    """None: never rings, is refused or answers at once."""
    answers_after_s: float | None = 3.0
    """None: never."""
    refusal: Refusal | None = None
    refuses_after_s: float = 0.06
    voice: str = "human"
    """What an agent finds out: human, machine, silent, unsure."""
    stays_s: float = 25.0
    opt_out: str = ""
    opt_out_after_s: float = 6.0


class Agent(Struct, frozen=True):
    ready_after_s: float = 0.5
    state: str = "listening"
    reports: bool = True
    verdict_s: float | None = None
    """None: as long as it takes for that voice."""
    message_s: float = 12.0
    message: str = "left"
    dies_after_s: float | None = None
    """After the answer."""
    ends_after_s: float | None = None
    """After the answer: says that it is done."""
    disposition: str = ""
    """Said when the callee has left."""
    last_words: str = ""
    """An opt-out understood only when the callee has left."""
    nonsense: dict[str, str] = {}
    """More attributes."""


class FakeCall:
    """A callee in a room. Goes on whatever becomes of the request that dialed it."""

    def __init__(self, server: FakeLiveKit, room: FakeRoom, asked: CreateSIPParticipantRequest, callee: Callee) -> None:
        self._server = server
        self._room = room
        self._asked = asked
        self._callee = callee
        self._hung_up = asyncio.Event()
        self.reply: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self.answered = False
        self.participant = models.ParticipantInfo(
            identity=asked.participant_identity,
            kind=models.ParticipantInfo.SIP,
            state=models.ParticipantInfo.ACTIVE,
            attributes={"sip.callStatus": "dialing", "sip.callID": "SCL_1"},
        )
        room.participants[self.participant.identity] = self.participant

    def hang_up(self) -> None:
        self._hung_up.set()

    async def live(self) -> None:
        try:
            refusal = await asyncio.wait_for(self._ring(), float(self._asked.ringing_timeout.seconds))
        except TimeoutError:
            refusal = RUNG_OUT
        if refusal is None:
            self.answered = True
            self._status("active")
        if not self.reply.done():
            self.reply.set_result(refusal)
        if refusal is None:
            await self._talk()
        self._room.participants.pop(self.participant.identity, None)
        for agent in self._room.agents:
            agent.callee_left()

    async def _ring(self) -> Refusal | None:
        callee = self._callee
        if callee.rings_after_s is not None:
            if await self._hung_up_within(callee.rings_after_s):
                return RUNG_OUT
            self._status("ringing")
        if callee.refusal is not None:
            return RUNG_OUT if await self._hung_up_within(callee.refuses_after_s) else callee.refusal
        waits_s = 10_000.0 if callee.answers_after_s is None else callee.answers_after_s
        return RUNG_OUT if await self._hung_up_within(waits_s) else None

    async def _talk(self) -> None:
        for agent in self._room.agents:
            agent.callee_answered(self._callee)
        await self._hung_up_within(min(self._callee.stays_s, self._asked.max_call_duration.seconds))

    async def _hung_up_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._hung_up.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _status(self, status: str) -> None:
        self.participant.attributes["sip.callStatus"] = status


class FakeAgent:
    """A worker's job in a room. Timers only; ``leave`` gives them back."""

    def __init__(self, room: FakeRoom, script: Agent, job: str) -> None:
        self._room = room
        self._script = script
        self.job: dict[str, Any] = json.loads(job)
        self.identity = f"agent-{len(room.agents) + 1}"
        self.alive = False
        self._timers: list[asyncio.TimerHandle] = []
        self._me = models.ParticipantInfo(
            identity=self.identity, kind=models.ParticipantInfo.AGENT, state=models.ParticipantInfo.ACTIVE
        )
        self._after(script.ready_after_s, self._join)

    def callee_answered(self, callee: Callee) -> None:
        script = self._script
        if script.reports:
            verdict_s = VERDICT_S.get(callee.voice, 1.0) if script.verdict_s is None else script.verdict_s
            self._after(verdict_s, self.say, "dc.callee", callee.voice)
        if callee.opt_out:
            self._after(callee.opt_out_after_s, self.say, "dc.opt_out", callee.opt_out)
        if script.dies_after_s is not None:
            self._after(script.dies_after_s, self.leave)
        if script.ends_after_s is not None:
            self._after(script.ends_after_s, self.say, "dc.done", "1")

    def callee_left(self) -> None:
        if self._script.disposition:
            self._after(0.5, self.say, "dc.disposition", self._script.disposition)
        if self._script.last_words:
            self._after(2.0, self.say, "dc.opt_out", self._script.last_words)
        self._after(4.0, self.leave)

    def hear(self, instruction: dict[str, Any]) -> None:
        if instruction["do"] == "leave_message":
            self.say("dc.message", "speaking")
            self._after(self._script.message_s, self.say, "dc.message", self._script.message)

    def say(self, attribute: str, value: str) -> None:
        self._me.attributes[attribute] = value

    def leave(self) -> None:
        self.alive = False
        for timer in self._timers:
            timer.cancel()
        self._room.participants.pop(self.identity, None)

    def _join(self) -> None:
        self.alive = True
        self._me.attributes.update({"lk.agent.state": self._script.state, **self._script.nonsense})
        self._room.participants[self.identity] = self._me

    def _after(self, seconds: float, deed: Callable[..., None], *args: str) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, deed, *args))
