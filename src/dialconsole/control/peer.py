"""One connected console or command, from the engine's side.

Everything a peer can do wrong ends here: garbage, half messages, silence, a terminal that stopped reading. The worst
that follows is the end of this one connection.

Back-pressure: a message is *made* only when the transport's buffer is below its high-water mark, so a peer that does
not read costs one buffer, its set of changed rows and at most ``MAX_PENDING`` answers. After ``STUCK_S`` it is
disconnected, and finds a fresh snapshot when it comes back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from msgspec import structs

from dialconsole.control.answer import answer
from dialconsole.control.port import EnginePort
from dialconsole.control.subscription import Subscription
from dialconsole.control.wire import (
    CHUNK_ROWS,
    Answer,
    Ask,
    BadFrame,
    DeltaMessage,
    Failure,
    FromClient,
    FromEngine,
    Hello,
    Ping,
    Pong,
    Refusal,
    SnapshotPart,
    Subscribe,
    frame,
    from_client,
    pack,
    pack_rows,
    read_frame,
    unpack_request,
)
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller
from dialconsole.model.view import PresenceView

log = logging.getLogger(__name__)

FLUSH_S = 0.1
"""Real seconds between two updates: ten a second is what a terminal shows and an eye can follow."""

STUCK_S = 30.0
"""Real seconds that a full buffer may stay full."""

MAX_PENDING = 32
"""Requests of one peer that are worked on at once; further ones wait in the socket."""


class Peer:
    """``presence`` is what others see of it; ``watching`` tells whether it has subscribed.

    ``changed`` is called when either of them changes.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        port: EnginePort,
        presence: PresenceView,
        caller: Caller,
        *,
        rate: float,
        changed: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._port = port
        self.presence = presence
        self._caller = caller
        self._rate = rate
        self._changed = changed
        self._slots = asyncio.Semaphore(MAX_PENDING)
        self._writing = asyncio.Lock()
        self._answers: set[asyncio.Task[None]] = set()
        self._feed: asyncio.Task[None] | None = None

    @property
    def watching(self) -> bool:
        return self._feed is not None

    async def attend(self) -> None:
        """Serve until the connection ends, from whichever side. Requests begun are carried out all the same."""
        try:
            while (payload := await read_frame(self._reader)) is not None:
                self._admit()
                await self._take(from_client(payload))
        except BadFrame as error:
            log.warning("%s sent no message: %s", self.presence.user, error)
            await self._refuse(Refusal(code="bad_message", sentence=f"The engine hung up: {error}."))
        except Problem as problem:
            await self._refuse(Refusal(code=problem.code, sentence=problem.sentence))
        except ConnectionError:
            log.debug("%s has gone", self.presence.user)
        finally:
            if self._feed is not None:
                self._feed.cancel()
                self._feed = None
                self._changed()

    async def finish(self) -> None:
        """Wait for the answers still being worked on."""
        await asyncio.gather(*self._answers, return_exceptions=True)

    def _admit(self) -> None:
        """Look the role up anew: a right taken away is gone with the next message or update, not the next login."""
        known = self._port.role_of(self._caller.uid)
        if known is None:
            by = self._port.taken_away_by(self._caller.uid)
            raise Problem(
                f"Your access to this engine was taken away{f' by {by}' if by else ''}; its calls go on. An admin can "
                f"give it back: dialconsole operator grant {self._caller.uid} observer",
                code="refused",
            )
        role = known[1]
        if role is not self._caller.role:
            self._caller = structs.replace(self._caller, role=role)
            self.presence = structs.replace(self.presence, role=role)
            self._changed()

    async def _take(self, message: FromClient) -> None:
        match message:
            case Ask():
                await self._slots.acquire()
                task = asyncio.create_task(self._answer(message, self._caller))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)
            case Subscribe():
                self._watch()
            case Ping():
                await self._send(Pong(id=message.id))
            case Hello():
                raise BadFrame("a second hello")

    # -- requests --

    async def _answer(self, ask: Ask, caller: Caller) -> None:
        try:
            reply = await self._reply(ask, caller)
            async with self._line():
                self._writer.write(reply)
        except ConnectionError:
            return  # whoever asked has gone; the audit has what was done
        finally:
            self._slots.release()

    async def _reply(self, ask: Ask, caller: Caller) -> bytes:
        try:
            result = await answer(self._port, unpack_request(ask.request), caller)
            return frame(Answer(id=ask.id, result=pack(result)))
        except Problem as problem:
            return frame(Failure(id=ask.id, code=problem.code, sentence=_sendable(problem.sentence)))
        except Exception as error:  # whoever asked waits for a word, and has no other way to hear of it
            log.exception("the answer to a request of %s could not be sent", caller.user)
            raised = type(error).__name__
            sentence = f"The engine's answer cannot be sent ({raised}): what you asked for may have been done or not."
            return frame(Failure(id=ask.id, code="internal", sentence=sentence))

    # -- updates --

    def _watch(self) -> None:
        first = self._feed is None
        if self._feed is not None:
            self._feed.cancel()
        self._feed = asyncio.create_task(self._run_feed())
        self._feed.add_done_callback(self._feed_ended)
        if first:
            self._changed()

    def _feed_ended(self, feed: asyncio.Task[None]) -> None:
        if feed.cancelled() or (error := feed.exception()) is None:
            return
        if not isinstance(error, ConnectionError):
            log.error("the updates of %s ended", self.presence.user, exc_info=error)
        self._writer.transport.abort()

    async def _run_feed(self) -> None:
        subscription = Subscription(self._port)
        try:
            seq = await self._send_snapshot(subscription)
            while True:
                await subscription.changed()
                self._admit()
                seq = await self._flush(subscription, seq)
                await asyncio.sleep(FLUSH_S * self._rate)
        except Problem as problem:
            await self._refuse(Refusal(code=problem.code, sentence=problem.sentence))
        finally:
            subscription.close()

    async def _send_snapshot(self, subscription: Subscription) -> int:
        keys = subscription.keys
        starts = range(0, max(len(keys), 1), CHUNK_ROWS)
        for part, start in enumerate(starts):
            async with self._line():
                rows = pack_rows(subscription.views(keys[start : start + CHUNK_ROWS]))
                self._writer.write(frame(SnapshotPart(seq=0, part=part, rows=rows, last=part == len(starts) - 1)))
            await asyncio.sleep(0)
        return 0

    async def _flush(self, subscription: Subscription, seq: int) -> int:
        """Send what has changed up to now; rows that change again meanwhile are for the next flush."""
        left = len(subscription)
        while left > 0:
            async with self._line():
                seq += 1
                delta = subscription.take(min(left, CHUNK_ROWS))
                rows = pack_rows(delta.changed)
                self._writer.write(frame(DeltaMessage(seq=seq, changed=rows, removed=delta.removed)))
            left -= CHUNK_ROWS
            await asyncio.sleep(0)
        return seq

    # -- the line --

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[None]:
        """One writer at a time, and only when the transport takes more.

        Raises ``ConnectionError`` when the peer is gone, or stuck for good.
        """
        async with self._writing:
            try:
                async with asyncio.timeout(STUCK_S * self._rate):
                    await self._writer.drain()
            except TimeoutError:
                log.warning("%s has read nothing for %g s and is disconnected", self.presence.user, STUCK_S)
                self._writer.transport.abort()
            if self._writer.is_closing():
                raise ConnectionResetError("the console has gone")
            yield

    async def _send(self, message: FromEngine) -> None:
        async with self._line():
            self._writer.write(frame(message))

    async def _refuse(self, refusal: Refusal) -> None:
        try:
            await self._send(refusal)
        except ConnectionError:
            return
        self._writer.close()


def _sendable(sentence: str) -> str:
    """With a question mark for what has no encoding: half of a surrogate pair, from the name of a file."""
    return sentence.encode(errors="replace").decode()
