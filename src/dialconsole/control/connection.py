"""One life of a console's line to its engine, from hello to the end.

``SocketClient`` makes a new one after each loss; nothing is carried over but the inbox.
"""

from __future__ import annotations

import asyncio
import os
from itertools import count
from pathlib import Path
from typing import TypeVar

from msgspec import Raw

from dialconsole import __version__
from dialconsole.control.inbox import Inbox
from dialconsole.control.port import Delta, Snapshot, Welcome
from dialconsole.control.wire import (
    PROTOCOL,
    Answer,
    Ask,
    BadFrame,
    DeltaMessage,
    Failure,
    FromEngine,
    Greeting,
    Hello,
    Ping,
    Pong,
    Refusal,
    SnapshotPart,
    Subscribe,
    frame,
    from_engine,
    pack,
    read_frame,
    unpack_result,
    unpack_rows,
)
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Request
from dialconsole.model.view import Kind, View

R = TypeVar("R")

HELLO_S = 5.0
"""Seconds an engine has to answer a hello; one that needs longer has stopped working."""

UNWANTED = frozenset({"refused", "version"})
"""Codes of a refusal that asking once more does not change: rights, and versions that cannot talk to each other."""

READ_AHEAD = 1024 * 1024

LOST_MEANWHILE = (
    "The connection to the engine was lost before it answered: what you asked for may have been done or not. "
    "Look before you repeat it."
)


class Connection:
    """Made by ``open``. ``lost`` is done, with a sentence, when the line is no more."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: Welcome) -> None:
        self.welcome = welcome
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.refused = False
        """The engine ended it because it does not want us, not because it ends itself."""
        self._reader = reader
        self._writer = writer
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Raw]] = {}
        self._pongs: dict[int, asyncio.Future[None]] = {}
        self._inbox: Inbox | None = None
        self._seq: int | None = None
        self._rows: list[tuple[Kind, str, View]] = []
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, path: Path, user: str = "") -> Connection:
        """Connect and say hello. Raises ``Problem``: ``no_engine``, ``refused``, ``version``."""
        try:
            reader, writer = await asyncio.open_unix_connection(os.fspath(path), limit=READ_AHEAD)
        except OSError as error:
            raise _nobody(path, error) from None
        try:
            async with asyncio.timeout(HELLO_S):
                writer.write(frame(Hello(protocol=PROTOCOL, version=__version__, user=user)))
                payload = await read_frame(reader)
            message = None if payload is None else from_engine(payload)
        except (OSError, TimeoutError, BadFrame) as error:
            writer.close()
            raise Problem(
                f"Something listens at {path}, but it does not answer as an engine should ({str(error) or 'silence'}).",
                code="no_engine",
            ) from None
        if isinstance(message, Greeting):
            return cls(reader, writer, message.welcome)
        writer.close()
        if isinstance(message, Refusal):
            raise Problem(message.sentence, code=message.code)
        raise Problem(f"The engine at {path} closed the connection without a word. Try again.", code="no_engine")

    async def ask(self, request: Request[R]) -> R:
        """Ask and wait. Raises ``Problem`` with the engine's sentence, or ``disconnected``."""
        if self.lost.done():
            raise Problem(self.lost.result(), code="disconnected")
        id = next(self._ids)
        message = frame(Ask(id=id, request=pack(request)))
        answered = self._answers[id] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(message)
            raw = await answered
        finally:
            self._answers.pop(id, None)
        result: R = unpack_result(raw, request.RESULT)
        return result

    def subscribe(self, inbox: Inbox) -> None:
        """Have the snapshot and all that follows put into ``inbox``."""
        self._inbox = inbox
        self._seq = None
        self._writer.write(frame(Subscribe()))

    async def ping(self) -> float:
        """Seconds of a round trip."""
        loop = asyncio.get_running_loop()
        id = next(self._ids)
        answered = self._pongs[id] = loop.create_future()
        sent = loop.time()
        try:
            self._writer.write(frame(Ping(id=id)))
            await answered
        finally:
            self._pongs.pop(id, None)
        return loop.time() - sent

    async def close(self) -> None:
        self._end("The connection was closed.")
        self._reading.cancel()
        await asyncio.gather(self._reading, self._writer.wait_closed(), return_exceptions=True)

    # -- reading --

    async def _read(self) -> None:
        sentence = "The engine has ended the connection."
        try:
            while (payload := await read_frame(self._reader)) is not None:
                message = from_engine(payload)
                if isinstance(message, Refusal):
                    sentence, self.refused = message.sentence, message.code in UNWANTED
                    break
                self._take(message)
        except OSError as error:
            sentence = f"The connection to the engine broke: {error.strerror or error}."
        except BadFrame as error:
            sentence = f"The engine sent something this console cannot read: {error}."
        finally:
            self._end(sentence)

    def _take(self, message: FromEngine) -> None:
        match message:
            case Answer(id=id, result=raw):
                if (answer := self._answers.get(id)) and not answer.done():
                    answer.set_result(raw)
            case Failure(id=id):
                if (answer := self._answers.get(id)) and not answer.done():
                    answer.set_exception(Problem(message.sentence, code=message.code))
            case Pong(id=id):
                if (pong := self._pongs.get(id)) and not pong.done():
                    pong.set_result(None)
            case SnapshotPart():
                self._take_part(message)
            case DeltaMessage():
                self._take_delta(message)
            case _:
                raise BadFrame("a second greeting")

    def _take_part(self, part: SnapshotPart) -> None:
        if part.part == 0:
            self._rows = []
        self._rows.extend(unpack_rows(part.rows))
        if part.last and self._inbox is not None:
            self._seq = part.seq
            self._inbox.put(Snapshot(rows=tuple(self._rows)))
            self._rows = []

    def _take_delta(self, delta: DeltaMessage) -> None:
        if self._inbox is None or self._seq is None:
            return  # the snapshot that was asked for will hold it
        if delta.seq != self._seq + 1:
            self.subscribe(self._inbox)
            return
        self._seq = delta.seq
        self._inbox.put(Delta(changed=unpack_rows(delta.changed), removed=delta.removed))

    def _end(self, sentence: str) -> None:
        if not self.lost.done():
            self.lost.set_result(sentence)
        self._writer.close()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Problem(LOST_MEANWHILE, code="disconnected"))
        for pong in self._pongs.values():
            pong.cancel()


def _nobody(path: Path, error: OSError) -> Problem:
    if isinstance(error, PermissionError):
        return Problem(
            f"You may not reach the engine at {path}: the folder or the socket is not open to your account. Ask the "
            "owner of the workspace.",
            code="refused",
        )
    return Problem(f"No engine answers at {path}. Start one: dialconsole run.", code="no_engine")
