"""The engine's end: who may come in, who is there, and what one bad connection can do to the others (nothing)."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.client import next_of
from contracts.fake_port import ENGINE, FakePort, alert
from control.sockets import START, RawLine, make_server
from dialconsole import __version__
from dialconsole.clock import posix, run_virtual
from dialconsole.control.client import SocketClient
from dialconsole.control.port import Snapshot
from dialconsole.control.server import ControlServer
from dialconsole.control.wire import (
    CHUNK_ROWS,
    MAX_FRAME,
    PROTOCOL,
    Ask,
    DeltaMessage,
    Greeting,
    Hello,
    Ping,
    Pong,
    Refusal,
    SnapshotPart,
    Subscribe,
    frame,
    pack,
)
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import StartCampaign
from dialconsole.model.request.looking import GetStatus, ListTrunks
from dialconsole.model.request.optouts import ListOptOuts
from dialconsole.model.request.request import Done
from dialconsole.model.view import Kind, Role

pytestmark = pytest.mark.usefixtures("server")


async def works(path: Path) -> bool:
    """Whether another client is served as if nothing had happened."""
    client = SocketClient(path)
    report = await client.request(GetStatus())
    await client.close()
    return report.engine == ENGINE


# -- who may come in --


async def test_unknown_uid(port: FakePort, path: Path) -> None:
    """A person the engine does not know is refused with their uid and the command that would let them in."""
    port.role = None
    with pytest.raises(Problem, match=rf"operator grant {os.getuid()} observer") as caught:
        await SocketClient(path).connect()
    assert caught.value.code == "refused"


async def test_other_protocol(path: Path) -> None:
    """Versions that cannot talk to each other are both named."""
    async with RawLine(path) as line:
        line.say(Hello(protocol=PROTOCOL + 1, version="9.9.9"))
        refusal = await line.hear()
        assert isinstance(refusal, Refusal)
        assert refusal.code == "version"
        assert "9.9.9" in refusal.sentence
        assert __version__ in refusal.sentence
        assert await line.hear() is None


async def test_no_hello(path: Path) -> None:
    """A connection that begins with anything else is told how to begin, and ends."""
    async with RawLine(path) as line:
        line.say(Ping(id=1))
        refusal = await line.hear()
        assert isinstance(refusal, Refusal)
        assert "hello" in refusal.sentence
        assert await line.hear() is None


async def test_silence_instead_of_hello(port: FakePort, tmp_path: Path) -> None:
    """A connection that says nothing is closed after a while."""
    server = make_server(port, tmp_path / "s", rate=0.001)
    await server.start()
    async with RawLine(tmp_path / "s") as line:
        assert await line.hear() is None
    await server.close()


async def test_right_taken_away(port: FakePort, path: Path) -> None:
    """Who loses the right to look is disconnected at the next message, with a sentence."""
    async with RawLine(path) as line:
        assert isinstance(await line.hello(), Greeting)
        port.role = None
        line.say(Ping(id=1))
        refusal = await line.hear()
        assert isinstance(refusal, Refusal)
        assert "taken away by root" in refusal.sentence
        assert await line.hear() is None


async def test_right_taken_from_a_watcher(port: FakePort, path: Path) -> None:
    """Who only watches is disconnected before the next update."""
    async with RawLine(path) as line:
        await line.hello()
        line.say(Subscribe())
        assert isinstance(await line.hear(), SnapshotPart)
        port.role = None
        port.set(Kind.ALERT, "secret", alert("secret"))
        assert isinstance(await line.hear(), Refusal)
        assert await line.hear() is None


async def test_role_changed_meanwhile(port: FakePort, path: Path) -> None:
    """A changed role holds from the next request on, and others see it."""
    client = SocketClient(path)
    updates = client.updates()
    await next_of(updates, Snapshot)
    port.role = Role.OBSERVER
    with pytest.raises(Problem, match="observer"):
        await client.request(StartCampaign(name="slow"))
    assert [person.role for person in port.people] == [Role.OBSERVER]
    await client.close()


# -- who is there --


async def test_presence(port: FakePort, path: Path) -> None:
    """Consoles that watch are present, with the time they came; a command that asks and goes is not."""
    console = SocketClient(path)
    welcome = await console.connect()
    assert await works(path)
    assert not port.people
    updates = console.updates()
    await next_of(updates, Snapshot)
    [person] = port.people
    assert (person.id, person.user, person.role) == (welcome.client_id, "maria", Role.ADMIN)
    assert 0 <= person.since - posix(START) < 30
    await console.close()
    await port.until_people(0)
    assert port.watchers == []


async def test_two_consoles_are_told_apart(port: FakePort, path: Path) -> None:
    """Two consoles of one person are two presences."""
    consoles = [SocketClient(path, label) for label in ("desk", "laptop")]
    for console in consoles:
        await next_of(console.updates(), Snapshot)
    await port.until_people(2)
    assert [person.user for person in port.people] == ["maria (desk)", "maria (laptop)"]
    assert len({person.id for person in port.people}) == 2
    for console in consoles:
        await console.close()


# -- requests --


async def test_request_outlives_its_asker(port: FakePort, path: Path) -> None:
    """A request that was begun is carried out, even if whoever asked has gone."""
    port.gate.clear()
    async with RawLine(path) as line:
        await line.hello()
        line.say(Ask(id=1, request=pack(StartCampaign(name="slow"))))
        await port.entered.wait()
    port.gate.set()
    await port.finished.wait()
    assert await works(path)


async def test_answer_too_large(path: Path) -> None:
    """An answer above the cap becomes a sentence, and the connection goes on."""
    client = SocketClient(path)
    with pytest.raises(Problem, match="fewer rows"):
        await client.request(ListOptOuts(limit=40_000))
    assert len((await client.request(ListOptOuts(limit=3))).entries) == 3
    await client.close()


async def test_answer_of_the_wrong_type(path: Path) -> None:
    """An answer that is not what the request promises is a sentence, not a crash."""
    client = SocketClient(path)
    with pytest.raises(Problem, match="cannot be read"):
        await client.request(ListTrunks())
    await client.close()


# -- updates --


@pytest.mark.parametrize(("refused", "code"), [(False, "internal"), (True, "unreadable")])
async def test_answer_that_cannot_be_sent(
    port: FakePort, path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool, code: str
) -> None:
    """A text without an encoding (a file's name, say) is a fault of ours: a sentence, and not silence."""

    async def handle(request: object, caller: object) -> Done:
        if refused:
            raise Problem("caf\udce9.csv cannot be read.", code="unreadable")
        return Done(sentence="caf\udce9.csv is there.")

    monkeypatch.setattr(port, "handle", handle)
    client = SocketClient(path)
    async with asyncio.timeout(5):
        with pytest.raises(Problem) as caught:
            await client.request(StartCampaign(name="spring"))
    assert caught.value.code == code
    await client.close()


async def test_large_snapshot_comes_in_parts(port: FakePort, path: Path) -> None:
    """A snapshot is sent a thousand rows at a time, and a row that changes meanwhile follows as a delta."""
    for n in range(2 * CHUNK_ROWS):
        port.table[Kind.ALERT, f"a{n}"] = alert(f"a{n}")
    async with RawLine(path) as line:
        await line.hello()
        line.say(Subscribe())
        first = await line.hear()
        assert isinstance(first, SnapshotPart)
        assert (first.part, len(first.rows), first.last) == (0, CHUNK_ROWS, False)
        port.set(Kind.ALERT, "a0", alert("a0", "changed"))
        parts = [await line.hear(), await line.hear()]
        assert [(p.part, len(p.rows), p.last) for p in parts if isinstance(p, SnapshotPart)] == [
            (1, CHUNK_ROWS, False),
            (2, 1, True),
        ]
        delta = await line.hear()
        assert isinstance(delta, DeltaMessage)
        assert [id for _, id, _ in delta.changed] == ["a0"]
        assert delta.seq == 1


async def test_subscribing_again_starts_anew(port: FakePort, path: Path) -> None:
    """A second subscription replaces the first: sequence numbers start again and nothing is told twice."""
    async with RawLine(path) as line:
        await line.hello()
        for _ in range(2):
            line.say(Subscribe())
            assert isinstance(await line.hear(), SnapshotPart)
        assert len(port.watchers) == 1
        port.set(Kind.ALERT, "a", alert("a"))
        delta = await line.hear()
        assert isinstance(delta, DeltaMessage)
        assert delta.seq == 1


def test_ten_updates_a_second(tmp_path: Path) -> None:
    """A row that changes a thousand times a second is told ten times a second, real seconds on a clock at x10 too."""

    async def count_deltas(rate: float) -> int:
        port = FakePort()
        server = make_server(port, tmp_path / "s", rate=rate)
        await server.start()
        deltas = 0
        async with RawLine(tmp_path / "s") as line:
            await line.hello()
            line.say(Subscribe())
            await line.hear()

            async def listen() -> None:
                nonlocal deltas
                while await line.hear() is not None:
                    deltas += 1

            listening = asyncio.create_task(listen())
            for n in range(1000):
                port.set(Kind.ALERT, "a", alert("a", str(n)))
                await asyncio.sleep(0.001 * rate)
            listening.cancel()
        await server.close()
        return deltas

    assert 8 <= run_virtual(count_deltas(1.0)) <= 11
    assert 8 <= run_virtual(count_deltas(10.0)) <= 11


async def test_console_that_does_not_read(port: FakePort, tmp_path: Path) -> None:
    """A console that reads nothing costs a buffer, not a queue; then it is disconnected. Others never felt it."""
    path = tmp_path / "s"
    server = make_server(port, path, rate=0.005)
    await server.start()
    for n in range(500):
        port.table[Kind.ALERT, f"a{n}"] = alert(f"a{n}", "x" * 1000)
    stuck = RawLine(path)
    async with stuck:
        await stuck.hello()
        stuck.writer.transport.pause_reading()  # type: ignore[attr-defined]
        stuck.say(Subscribe())
        await port.until_people(1)
        port.viewed = 0
        changes = 0
        while port.people:
            for n in range(500):
                port.set(Kind.ALERT, f"a{n}", alert(f"a{n}", "y" * 1000))
            changes += 500
            if changes % 5000 == 0:
                assert await works(path)
            port.people_changed.clear()
            await asyncio.sleep(0.001)
        # Views are read only to be sent: a handful of messages fits into the buffers, whatever happened meanwhile.
        assert port.viewed < 5 * CHUNK_ROWS < changes
    assert port.watchers == []
    await server.close()


async def test_asker_that_does_not_read(port: FakePort, path: Path) -> None:
    """Who asks without reading answers is not worked for endlessly: later requests wait in the socket."""
    async with RawLine(path) as line:
        await line.hello()
        line.writer.transport.pause_reading()  # type: ignore[attr-defined]
        ask = frame(Ask(id=1, request=pack(ListOptOuts(limit=2000))))
        line.say(ask * 500)
        await port.until_asked(30)
        assert await works(path)
        assert len(port.asked) < 100


# -- bad connections --


async def test_oversized_frame(path: Path) -> None:
    """A frame above the cap ends its connection with a sentence, before its bytes are read."""
    async with RawLine(path) as line:
        await line.hello()
        line.say((MAX_FRAME + 1).to_bytes(4, "big"))
        assert isinstance(await line.hear(), Refusal)
        assert await line.hear() is None
    assert await works(path)


@pytest.mark.parametrize("cut", [2, 4, 7])
async def test_gone_in_the_middle(path: Path, cut: int) -> None:
    """A console that dies in the middle of a message takes nothing with it."""
    async with RawLine(path) as line:
        await line.hello()
        line.say(frame(Ask(id=1, request=pack(GetStatus())))[:cut])
    assert await works(path)


async def test_two_hellos(path: Path) -> None:
    """A second hello is a mistake that ends the connection."""
    async with RawLine(path) as line:
        await line.hello()
        assert isinstance(await line.hello(), Refusal)


async def test_engine_fault_in_the_port(port: FakePort, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault while serving one connection is logged and ends only that one."""
    monkeypatch.setattr(port, "role_of", lambda uid: 1 / 0)
    async with RawLine(path) as line:
        assert await line.hello() is None
    monkeypatch.undo()
    assert await works(path)


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=100), st.booleans(), st.booleans())
@example(b"\x00\x00\x00\x01\xc1", True, False)
@example(b"\x00\x00\x00\x00", True, True)
def test_garbage_on_the_socket(garbage: bytes, greeted: bool, framed: bool) -> None:
    """Whatever is thrown at the socket, before or after a hello, framed or not, the next client is served."""

    async def scenario(path: Path) -> None:
        server = make_server(FakePort(), path)
        await server.start()
        async with RawLine(path) as line:
            if greeted:
                await line.hello()
            line.say(len(garbage).to_bytes(4, "big") + garbage if framed else garbage)
            line.writer.write_eof()
            while True:
                message = await line.hear()
                if message is None:
                    break
                assert isinstance(message, Refusal | Pong)
        assert await works(path)
        await server.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(scenario(Path(folder) / "s"))


# -- the end --


async def test_close_removes_the_socket(port: FakePort, path: Path, server: ControlServer) -> None:
    """Closing ends every connection and removes the socket file."""
    async with RawLine(path) as line:
        await line.hello()
        await server.close()
        assert await line.hear() is None
    assert not path.exists()


async def test_close_lets_answers_out(port: FakePort, path: Path, server: ControlServer) -> None:
    """The answer to the request that stops the engine reaches whoever asked for it."""
    client = SocketClient(path)
    await client.connect()
    port.gate.clear()
    asking = asyncio.create_task(client.request(StartCampaign(name="slow")))
    await port.entered.wait()
    closing = asyncio.create_task(server.close())
    await asyncio.sleep(0)
    port.gate.set()
    assert (await asking).sentence == "slow runs now."
    await closing
    await client.close()


async def test_second_server(path: Path) -> None:
    """A second engine does not take the socket of a living one."""
    with pytest.raises(Problem, match="Another engine"):
        await make_server(FakePort(), path).start()
    assert await works(path)
