"""The client over the socket: the contract, and what only a line between two processes can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contracts.client import Clients, EngineClientContract, next_link, next_of
from contracts.fake_port import ENGINE, FakePort
from control.sockets import PACE, make_server
from dialconsole.control.client import Pace, SocketClient
from dialconsole.control.port import EngineClient, Link, Snapshot, Update, Welcome
from dialconsole.control.server import ControlServer
from dialconsole.control.wire import (
    DeltaMessage,
    Greeting,
    Hello,
    Ping,
    Pong,
    SnapshotPart,
    Subscribe,
    frame,
    from_client,
    pack_rows,
    read_frame,
)
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import StartCampaign
from dialconsole.model.request.looking import GetStatus
from dialconsole.model.view import Kind, Role


@pytest.fixture
async def clients(server: ControlServer, path: Path) -> AsyncIterator[Clients]:
    made: list[SocketClient] = []

    async def make() -> EngineClient:
        made.append(SocketClient(path, pace=PACE))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@asynccontextmanager
async def watched(port: FakePort, path: Path) -> AsyncIterator[tuple[ControlServer, AsyncIterator[Update]]]:
    """A server, and the updates of a client that has had its first snapshot from it."""
    server = make_server(port, path)
    await server.start()
    client = SocketClient(path, pace=PACE)
    updates = client.updates()
    await next_of(updates, Snapshot)
    yield server, updates
    await client.close()


class TestSocketClient(EngineClientContract):
    """The contract over a real unix socket."""


async def test_no_engine(path: Path) -> None:
    """Where no engine listens, connecting says so and how to start one."""
    with pytest.raises(Problem, match="dialconsole run") as caught:
        await SocketClient(path).connect()
    assert caught.value.code == "no_engine"


async def test_an_engine_that_is_coming_up_is_waited_for_once(server: ControlServer, path: Path) -> None:
    """Before the first connection only; when it is lost later, the engine is looked for as ever."""
    waited: list[int] = []

    async def coming_up() -> None:
        waited.append(1)

    client = SocketClient(path, coming_up=coming_up)
    await client.connect()
    await client.close()
    await client.connect()
    assert waited == [1]
    await client.close()


async def test_an_engine_that_does_not_come_up_is_told_as_that(path: Path) -> None:
    """With the engine's own last words, and not as one that was never started."""

    async def coming_up() -> None:
        raise Problem("The engine did not start: the disk is full.")

    with pytest.raises(Problem, match="the disk is full"):
        await SocketClient(path, coming_up=coming_up).connect()


async def test_label_stands_behind_the_account(port: FakePort, server: ControlServer, path: Path) -> None:
    """A label is added to the account's name; it cannot replace it, nor steer a terminal."""
    client = SocketClient(path, "root\x1b[31m")
    assert (await client.connect()).user == "maria (root[31m)"
    await client.request(GetStatus())
    assert port.asked[0][1].user == "maria (root[31m)"
    await client.close()


async def test_latency_is_measured(server: ControlServer, path: Path) -> None:
    """While connected, each ping tells the round trip."""
    client = SocketClient(path, pace=PACE)
    async for update in client.updates():
        if isinstance(update, Link) and update.latency_s is not None:
            assert update.connected
            assert update.latency_s >= 0
            break
    await client.close()


async def test_reconnects_by_itself(port: FakePort, path: Path) -> None:
    """An engine that ends is told as a lost link; when one is there again, link and snapshot come by themselves."""
    async with watched(port, path) as (server, updates):
        await server.close()
        assert (await next_link(updates, connected=False)).sentence

        server = make_server(port, path)
        await server.start()
        await next_link(updates, connected=True)
        assert (await next_of(updates, Snapshot)).rows == ((Kind.ENGINE, "engine", ENGINE),)
    await server.close()


async def test_access_taken_away_is_told_apart_from_a_lost_engine(port: FakePort, path: Path) -> None:
    """The last link names who took it, nobody tries again, and the updates end."""
    async with watched(port, path) as (server, updates):
        port.role = None
        link = await next_link(updates, connected=False)
        assert link.final
        assert "taken away by root" in link.sentence
        assert [update async for update in updates] == []
    await server.close()


async def test_a_stranger_after_a_reconnect_is_not_told_that_the_engine_is_gone(port: FakePort, path: Path) -> None:
    """Rights may go while a laptop sleeps: the engine that is found again says that it does not know us."""
    async with watched(port, path) as (server, updates):
        await server.close()
        assert not (await next_link(updates, connected=False)).final
        port.role = None
        server = make_server(port, path)
        await server.start()
        while not (link := await next_link(updates, connected=False)).final:
            pass
        assert "does not know you" in link.sentence
    await server.close()


async def test_updates_wait_for_an_engine(port: FakePort, path: Path) -> None:
    """A console may be opened before its engine: it is told that nobody answers, then it connects."""
    client = SocketClient(path, pace=PACE)
    updates = client.updates()
    await next_link(updates, connected=False)
    server = make_server(port, path)
    await server.start()
    assert (await next_of(updates, Snapshot)).rows == ((Kind.ENGINE, "engine", ENGINE),)
    await client.close()
    await server.close()


async def test_engine_lost_before_the_answer(port: FakePort, path: Path) -> None:
    """A request whose answer is lost with the engine says that it may have been carried out."""
    server = make_server(port, path, rate=0.001)
    await server.start()
    client = SocketClient(path)
    await client.connect()
    port.gate.clear()
    asking = asyncio.create_task(client.request(StartCampaign(name="slow")))
    await port.entered.wait()
    await server.close()
    with pytest.raises(Problem, match="may have been done or not") as caught:
        await asking
    assert caught.value.code == "disconnected"
    await client.close()


class ScriptedEngine:
    """An engine that makes mistakes on purpose."""

    def __init__(self) -> None:
        self.subscriptions = 0
        self.pongs = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        row = pack_rows([(Kind.ENGINE, "engine", ENGINE)])
        while (payload := await read_frame(reader)) is not None:
            match from_client(payload):
                case Hello():
                    welcome = Welcome(user="maria", role=Role.ADMIN, client_id="c1", version="test")
                    writer.write(frame(Greeting(welcome=welcome)))
                case Subscribe():
                    self.subscriptions += 1
                    writer.write(frame(SnapshotPart(seq=0, part=0, rows=row, last=True)))
                    if self.subscriptions == 1:
                        writer.write(frame(DeltaMessage(seq=2, changed=row, removed=())))
                case Ping(id=id):
                    await self.pongs.wait()
                    writer.write(frame(Pong(id=id)))
                case _:
                    raise AssertionError("nothing else is asked here")
        writer.close()


async def test_gap_asks_for_a_new_snapshot(tmp_path: Path) -> None:
    """A delta that does not follow the one before is not applied: the client asks for everything again."""
    engine = ScriptedEngine()
    engine.pongs.set()
    server = await asyncio.start_unix_server(engine.talk, tmp_path / "s")
    client = SocketClient(tmp_path / "s", pace=PACE)
    updates = client.updates()
    await next_of(updates, Snapshot)
    while engine.subscriptions < 2:
        await next_of(updates, Link)
    await next_of(updates, Snapshot)
    assert engine.subscriptions == 2
    await client.close()
    server.close()


async def test_an_engine_that_stands_still(tmp_path: Path) -> None:
    """An engine that keeps the line and answers no ping is told as lost, until it answers again."""
    engine = ScriptedEngine()
    server = await asyncio.start_unix_server(engine.talk, tmp_path / "s")
    client = SocketClient(tmp_path / "s", pace=Pace(silence_s=0.01))
    updates = client.updates()
    assert "stopped answering" in (await next_link(updates, connected=False)).sentence
    engine.pongs.set()
    await next_link(updates, connected=True)
    await client.close()
    server.close()
