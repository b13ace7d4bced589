"""An agent's line to the engine: participant attributes one way, data messages the other.

Attributes, because they are all of an agent that the server API can read; the newest value stands there for as long as
the agent is in the room, so nothing is lost when the engine looks away. Rejected: data messages to the engine (it is
in no room, and would have to be), the job's result (told when the call is over).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from dialconsole.agentkit.callee import Callee, callee_by_amd, callee_heard
from dialconsole.model.agent_signals import (
    AGENT_STATE,
    ATTRIBUTE_CALLEE,
    ATTRIBUTE_CLUE,
    ATTRIBUTE_DISPOSITION,
    ATTRIBUTE_DONE,
    ATTRIBUTE_MESSAGE,
    ATTRIBUTE_OPT_OUT,
    ATTRIBUTE_VERSION,
    TOPIC,
    VERSION,
    AgentJob,
    CalleeKind,
    Deed,
    Instruction,
    MessageState,
)
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.telephony.listening import Unheard, who_answered

if TYPE_CHECKING:
    from livekit import rtc
    from livekit.agents import AMD

log: Final = logging.getLogger(__name__)

CONFIRMED_S: Final = 2.0
"""How long the server may take to say that an attribute stands."""
PATIENCE_S: Final = 6.0
"""How long a report is tried again."""
OPT_OUT_PATIENCE_S: Final = 60.0
"""And an opt-out: as long as a server takes to come back."""

INSTRUCTED_S: Final = 15.0
"""How long the engine may take to say what to do: its look at the call, and the way back."""


class AgentKit:
    """Make one as soon as the room is connected: what the engine says is listened to from then on."""

    def __init__(self, room: rtc.Room, job: AgentJob) -> None:
        self.job = job
        self._room = room
        self._said: dict[str, str] = {}
        self._told: asyncio.Queue[Deed] = asyncio.Queue()
        self._deeds: set[Deed] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self._changed = asyncio.Event()
        self._opted_out = asyncio.Event()
        room.on("data_received", self._on_data)
        room.on("participant_attributes_changed", self._on_attributes)
        room.on("reconnected", self._on_reconnected)
        room.on("disconnected", self._on_disconnected)

    # what the agent tells

    async def ready(self) -> None:
        """The agent listens: the phone may ring now. An ``AgentSession`` says so by itself when it is started."""
        await self._say({AGENT_STATE: "listening"})

    async def who_answered(self, amd: AMD | None = None) -> Callee:
        """Wait for the answer, find out who it is, and report it.

        By the energy of speech; or by livekit-agents' own ``amd``, when the worker has a language model. Never raises:
        a callee who hung up before is reported as one of whom nothing is known.
        """
        if amd is not None:
            callee = await callee_by_amd(amd)
        else:
            try:
                callee = callee_heard(await who_answered(self._room, None, self.job.silence_after_s))
            except Unheard as why:
                callee = Callee(CalleeKind.UNSURE, str(why))
        await self.report(callee)
        return callee

    async def report(self, callee: Callee) -> None:
        """Who answered, found out by means of the worker's own."""
        await self._say({ATTRIBUTE_CALLEE: callee.kind.value, ATTRIBUTE_CLUE: safe_text(callee.clue)})

    async def opt_out(self, words: str = "") -> None:
        """The callee asked not to be called again; ``words`` are theirs. Raises ``Problem`` if it cannot be told."""
        self._opted_out.set()
        said = safe_text(words) or "asked not to be called again"
        if not await self._say({ATTRIBUTE_OPT_OUT: said}, OPT_OUT_PATIENCE_S):
            raise Problem(
                f"The opt-out of call {self.job.attempt} did not reach the engine. Enter it by hand, with the reason: "
                f"{said}",
                code="opt_out_lost",
            )

    @property
    def opted_out(self) -> bool:
        """Whether the callee has asked not to be called again: nothing more is said to them then but goodbye."""
        return self._opted_out.is_set()

    async def until_opt_out(self, doing: Coroutine[object, object, object]) -> bool:
        """Do something to its end, or until the callee opts out: then it is cancelled, and the answer is False."""
        task = asyncio.ensure_future(doing)
        opted = asyncio.ensure_future(self._opted_out.wait())
        try:
            await asyncio.wait({task, opted}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task  # what went wrong in it is the worker's
                return True
            return False
        finally:
            opted.cancel()
            task.cancel()
            await asyncio.wait({task})

    def opt_out_on_key(self, key: str) -> None:
        """A callee who presses ``key`` asks not to be called again. The worker still has to say so aloud."""

        def pressed(tone: rtc.SipDTMF) -> None:
            if tone.digit == key:
                self._begin(self.opt_out(f"pressed {key}"))

        self._room.on("sip_dtmf_received", pressed)

    async def disposition(self, text: str) -> None:
        """What the conversation came to, in the operator's own words: ``appointment confirmed``."""
        await self._say({ATTRIBUTE_DISPOSITION: safe_text(text)})

    @asynccontextmanager
    async def message(self) -> AsyncIterator[None]:
        """Around the speaking of a message for a machine: tells that it begins, that it is left or that it failed."""
        await self._say({ATTRIBUTE_MESSAGE: MessageState.SPEAKING.value})
        try:
            yield
        except BaseException:
            await self._say({ATTRIBUTE_MESSAGE: MessageState.FAILED.value})
            raise
        await self._say({ATTRIBUTE_MESSAGE: MessageState.LEFT.value})

    async def done(self, why: str = "") -> None:
        """Nothing left to say: the engine hangs up."""
        # With all that was said before: the engine deletes the room at once, and an opt-out may still be under way.
        await self._say(self._said | {ATTRIBUTE_DONE: safe_text(why) or "done"})

    # what the engine tells

    async def instruction(self, within_s: float = INSTRUCTED_S) -> Deed | None:
        """What the engine wants done; None if it says nothing in time, or the call is over."""
        told = asyncio.ensure_future(self._told.get())
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({told, over}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            return told.result() if told.done() else None
        finally:
            told.cancel()
            over.cancel()

    def _on_data(self, packet: rtc.DataPacket) -> None:
        # The engine speaks by the server API, which has no participant: nobody in the room can pass for it.
        if packet.topic != TOPIC or packet.participant is not None:
            return
        try:
            instruction = msgspec.json.decode(packet.data, type=Instruction)
        except msgspec.DecodeError as error:
            log.warning("An instruction of the engine cannot be read (%s); it is left out.", error)
            return
        if instruction.do not in self._deeds:  # the engine says it again when it does not know whether it was heard
            self._deeds.add(instruction.do)
            self._told.put_nowait(instruction.do)

    def _on_disconnected(self, *_: object) -> None:
        self._over.set()

    # how it is told

    async def _say(self, attributes: dict[str, str], patience_s: float = PATIENCE_S) -> bool:
        """Set attributes and see that they stand: the SDK returns from a request that the server has refused."""
        attributes = {ATTRIBUTE_VERSION: VERSION} | attributes
        self._said |= attributes
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        while self._room.isconnected() and loop.time() < until:
            try:
                async with asyncio.timeout(CONFIRMED_S):
                    await self._room.local_participant.set_attributes(attributes)
                    await self._stands(attributes)
                    return True
            except TimeoutError:
                continue
        log.warning("Not reported, for the server did not confirm it: %s", ", ".join(attributes))
        return False

    async def _stands(self, attributes: dict[str, str]) -> None:
        while not attributes.items() <= dict(self._room.local_participant.attributes).items():
            self._changed.clear()
            await self._changed.wait()

    def _on_attributes(self, *_: object) -> None:
        self._changed.set()

    def _on_reconnected(self, *_: object) -> None:
        # A participant that joins anew has its first attributes; what was reported since is said again.
        if self._said:
            self._begin(self._say_again())

    async def _say_again(self) -> None:
        await self._say(dict(self._said))

    def _begin(self, doing: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s", error)
