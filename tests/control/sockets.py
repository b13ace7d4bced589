"""Ways to talk to a control server, well and badly."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from contracts.fake_port import FakePort
from dialconsole.clock import LoopClock
from dialconsole.control.client import Pace
from dialconsole.control.server import ControlServer
from dialconsole.control.wire import PROTOCOL, FromClient, FromEngine, Hello, frame, from_engine, read_frame

PACE = Pace(first_wait_s=0.002, longest_wait_s=0.01, ping_s=0.01)
"""Tests reconnect at once; people should not hammer an engine that is starting."""

START = datetime(2026, 3, 3, 15, 10, tzinfo=UTC)


def make_server(port: FakePort, path: Path, rate: float = 1.0) -> ControlServer:
    return ControlServer(port, path, clock=LoopClock(START, rate=rate))


class RawLine:
    """A connection that says exactly what a test wants it to say."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __aenter__(self) -> RawLine:
        self.reader, self.writer = await asyncio.open_unix_connection(self._path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)

    def say(self, *messages: FromClient | bytes) -> None:
        for message in messages:
            self.writer.write(message if isinstance(message, bytes) else frame(message))

    async def hello(self) -> FromEngine | None:
        self.say(Hello(protocol=PROTOCOL, version="test"))
        return await self.hear()

    async def hear(self) -> FromEngine | None:
        """The next message; ``None`` when the engine has closed."""
        payload = await read_frame(self.reader)
        return None if payload is None else from_engine(payload)
