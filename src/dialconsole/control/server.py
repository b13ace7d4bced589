"""The engine's end of the control socket: who may come in, and who is there.

Runs on the engine's own loop, which may go faster than real time (a demo at x10): durations that people feel are real
seconds, so they are multiplied by the clock's rate.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from itertools import count
from pathlib import Path
from typing import cast

from dialconsole import __version__
from dialconsole.clock import Clock
from dialconsole.control.endpoint import listen, peer_of, release
from dialconsole.control.peer import Peer
from dialconsole.control.port import EnginePort, Welcome
from dialconsole.control.wire import PROTOCOL, BadFrame, Greeting, Hello, Refusal, frame, from_client, read_frame
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller
from dialconsole.model.text import safe_text
from dialconsole.model.view import PresenceView

log = logging.getLogger(__name__)

HELLO_S = 10.0
"""Real seconds within which a connection must say who it is."""

GOODBYE_S = 1.0
"""Real seconds that answers in progress get when the engine closes."""

LABEL_CHARS = 24
READ_AHEAD = 1024 * 1024
"""Bytes read before a message is complete; the frame itself may be longer."""


class ControlServer:
    """Listens at ``path`` for consoles of the engine behind ``port``. One engine, any number of consoles."""

    def __init__(self, port: EnginePort, path: Path, *, clock: Clock) -> None:
        self._port = port
        self._path = path
        self._clock = clock
        self._ids = count(1)
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._peers: dict[str, Peer] = {}
        self._server: asyncio.Server | None = None
        self._inode = 0

    async def start(self) -> None:
        """Take the socket and begin to answer. Raises ``Problem`` if a living engine has it."""
        # The connect test of a socket left behind may wait; the loop must not.
        listening = await asyncio.to_thread(listen, self._path)
        self._inode = self._path.stat().st_ino
        self._server = await asyncio.start_unix_server(self._connected, sock=listening, limit=READ_AHEAD)

    async def close(self) -> None:
        """Let answers in progress out, end every connection, remove the socket file."""
        if self._server is None:
            return
        self._server.close()
        release(self._path, self._inode)
        finishing = [asyncio.ensure_future(peer.finish()) for peer in self._peers.values()]
        if finishing:
            await asyncio.wait(finishing, timeout=GOODBYE_S * self._clock.rate)
        for writer in self._connections.values():
            writer.close()
        if self._connections:
            _, slow = await asyncio.wait(list(self._connections), timeout=GOODBYE_S * self._clock.rate)
            for task in slow:
                self._connections[task].transport.abort()
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        self._server = None

    # -- one connection --

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._attend(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(lambda done: self._connections.pop(done, None))

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end. Nothing it does reaches the others."""
        try:
            peer = await self._welcome(reader, writer)
            if peer is not None:
                await self._serve(peer)
        except (ConnectionError, TimeoutError):
            log.debug("a connection ended before it said who it is")
        except Exception:
            log.exception("a control connection failed; the others go on")
        finally:
            writer.close()

    async def _serve(self, peer: Peer) -> None:
        self._peers[peer.presence.id] = peer
        try:
            await peer.attend()
        finally:
            await peer.finish()
            del self._peers[peer.presence.id]

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Peer | None:
        try:
            async with asyncio.timeout(HELLO_S * self._clock.rate):
                hello = await _read_hello(reader)
            if hello is None:
                return None
            caller = self._identify(cast(socket.socket, writer.get_extra_info("socket")), hello)
        except Problem as problem:
            writer.write(frame(Refusal(code=problem.code, sentence=problem.sentence)))
            return None
        id = f"c{next(self._ids)}"
        welcome = Welcome(user=caller.user, role=caller.role, client_id=id, version=__version__)
        writer.write(frame(Greeting(welcome=welcome)))
        presence = PresenceView(id=id, user=caller.user, role=caller.role, since=self._clock.time())
        return Peer(reader, writer, self._port, presence, caller, rate=self._clock.rate, changed=self._tell)

    def _identify(self, connection: socket.socket, hello: Hello) -> Caller:
        if hello.protocol != PROTOCOL:
            raise Problem(
                f"This console is dialconsole {safe_text(hello.version, 40)} (protocol {hello.protocol}) and the "
                f"engine is {__version__} (protocol {PROTOCOL}): they cannot talk to each other. Use the same "
                "version for both; the engine takes up a new one when it is stopped and started again.",
                code="version",
            )
        pid, uid = peer_of(connection)
        known = self._port.role_of(uid)
        if known is None:
            raise Problem(
                f"The engine does not know you (uid {uid}), so you may not look or act here. An admin of the "
                f"workspace can let you in: dialconsole operator grant {uid} observer.",
                code="refused",
            )
        name, role = known
        label = safe_text(hello.user, LABEL_CHARS)
        return Caller(user=f"{name} ({label})" if label and label != name else name, uid=uid, pid=pid, role=role)

    def _tell(self) -> None:
        """Tell the engine who is attached: those that have subscribed. A command that asks and goes is no company."""
        self._port.attached(tuple(peer.presence for peer in self._peers.values() if peer.watching))


async def _read_hello(reader: asyncio.StreamReader) -> Hello | None:
    try:
        payload = await read_frame(reader)
        message = None if payload is None else from_client(payload)
    except BadFrame as error:
        raise Problem(f"The engine hung up: {error}.", code="bad_message") from None
    if message is None or isinstance(message, Hello):
        return message
    raise Problem("The engine hung up: a connection must begin with a hello.", code="bad_message")
