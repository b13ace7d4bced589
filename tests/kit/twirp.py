"""A LiveKit server for tests: the real wire (Twirp over HTTP, the real protobufs) over callees and agents in memory.

It answers as the real one was seen to answer, troubles included: a ring time-out without a SIP code, calls that go on
when their request is abandoned, ``dialing`` for a callee who talks after a restart. The client cannot tell it apart,
so what is tested is the client's every line. Who answers and what agents do is in ``kit.livekit_cast``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from aiohttp import web
from google.protobuf.message import Message
from livekit import api
from livekit.protocol import agent_dispatch as proto_dispatch
from livekit.protocol import models
from livekit.protocol import room as proto_room
from livekit.protocol import sip as proto_sip
from msgspec import Struct

from kit.livekit_cast import Agent, Callee, FakeAgent, FakeCall, Refusal

KEY = "devkey"
SECRET = "a-secret-of-more-than-thirty-two-bytes"
TRUNK = "ST_main"
AGENT = "caller"

CAP_S = 80.0
"""The server's own limit on a dial."""

RECONNECT_S = 7.0
"""What livekit-sip takes to come back after the server was restarted."""

DISPATCH_AGAIN_S = 4.2
"""After a restart, until the server sends agents into its rooms once more."""

NO_TRUNK = Refusal("not_found", 404, "twirp error unknown: object cannot be found: requested sip trunk does not exist")
CAPPED = Refusal("deadline_exceeded", 408, "request timed out")
NOT_FOUND = Refusal("not_found", 404, "requested room does not exist")
NO_SIP = Refusal("unavailable", 503, "twirp error unknown: no response from servers")


class Fault(Struct, frozen=True):
    """What goes wrong with the next request of a method."""

    how: str
    """``hang``: never answered; ``drop``: the connection is cut before the request is done, ``drop_after``: when it is
    done; ``refuse``: with ``refusal``; ``garbage``: 200 and no protobuf."""
    refusal: Refusal | None = None


class FakeRoom:
    def __init__(self, name: str, metadata: str = "") -> None:
        self.name = name
        self.closing: asyncio.TimerHandle | None = None
        """Closes it, unless somebody but agents comes in."""
        self.metadata = metadata
        self.participants: dict[str, models.ParticipantInfo] = {}
        self.agents: list[FakeAgent] = []
        self.dispatches: list[tuple[str, str]] = []
        """(agent's name, job)."""
        self.call: FakeCall | None = None


class FakeLiveKit:
    """``async with`` it. ``callees`` by number; ``agents`` by the name they are dispatched under."""

    def __init__(self, callees: Callable[[str], Callee], agents: dict[str, Agent] | None = None) -> None:
        self.callees = callees
        self.agents = {AGENT: Agent()} if agents is None else agents
        self.rooms: dict[str, FakeRoom] = {}
        self.seen: Counter[str] = Counter()
        self.dials: list[proto_sip.CreateSIPParticipantRequest] = []
        self.created: list[proto_room.CreateRoomRequest] = []
        self.told: list[tuple[str, str]] = []
        """Data messages: (topic, payload)."""
        self.removed: list[str] = []
        """Identities of participants that were sent away."""
        self.faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self.sip_node = True
        self.date = ""
        """A Date header of its own, for clocks that disagree."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.Transport] = set()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> FakeLiveKit:
        app = web.Application()
        app.router.add_post("/twirp/{service}/{method}", self._serve)
        app.router.add_get("/", self._hello)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.01)
        await self._runner.setup()
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._runner is not None
        self._cut_all()
        await self._runner.cleanup()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    # -- troubles -----------------------------------------------------------------------------------------------------

    async def go_down(self) -> None:
        """Killed: nobody listens, every connection is cut. Calls go on in the SIP service."""
        assert self._site is not None
        await self._site.stop()
        self._cut_all()

    async def come_up(self) -> None:
        """Started again: lists what it knew, sends agents into its rooms once more, and 7 s later each callee is back
        with the attributes it began with."""
        await self._listen()
        self.spawn(self._dispatch_again())
        self.spawn(self._reconnect())

    async def _dispatch_again(self) -> None:
        await asyncio.sleep(DISPATCH_AGAIN_S)
        for room in list(self.rooms.values()):
            for name, job in room.dispatches:
                self._send_agent(room, name, job)

    def _cut_all(self) -> None:
        for transport in list(self._open):
            transport.abort()
        self._open.clear()

    async def _reconnect(self) -> None:
        await asyncio.sleep(RECONNECT_S)
        for room in self.rooms.values():
            for participant in room.participants.values():
                if participant.kind == models.ParticipantInfo.SIP:
                    participant.attributes["sip.callStatus"] = "dialing"
                    participant.joined_at = int(time.time())

    def spawn(self, life: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(life)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- the wire -----------------------------------------------------------------------------------------------------

    async def _hello(self, _: web.Request) -> web.Response:
        return web.Response(text="OK", headers={"Date": self.date} if self.date else {})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.seen[method] += 1
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._open.add(transport)
        body = await request.read()
        if not _key_is_right(request):
            return web.Response(status=401, text="invalid API key")  # no JSON: the client makes "unknown" of it
        fault = self.faults[method].pop(0) if self.faults[method] else None
        if fault is not None and (wrong := await self._go_wrong(fault, transport)) is not None:
            return wrong
        try:
            answer = await _METHODS[method](self, body)
        except _Refused as refused:
            return _refusal(refused.refusal)
        if fault is not None and fault.how == "drop_after":
            transport.abort()
            self._never()
        return web.Response(body=answer.SerializeToString(), content_type="application/protobuf")

    async def _go_wrong(self, fault: Fault, transport: asyncio.Transport) -> web.Response | None:
        if fault.how == "hang":
            await asyncio.get_running_loop().create_future()
        if fault.how == "drop":
            transport.abort()
            self._never()
        if fault.how == "garbage":
            return web.Response(body=b"\xff<html>")
        return _refusal(fault.refusal) if fault.refusal is not None else None

    def _never(self) -> NoReturn:
        """The connection is gone; what would be answered reaches nobody."""
        raise web.HTTPServiceUnavailable

    # -- the methods --------------------------------------------------------------------------------------------------

    async def create_room(self, body: bytes) -> Message:
        asked = proto_room.CreateRoomRequest.FromString(body)
        self.created.append(asked)
        if asked.name not in self.rooms:
            room = self.rooms[asked.name] = FakeRoom(asked.name, asked.metadata)
            room.closing = asyncio.get_running_loop().call_later(asked.empty_timeout, self.close_room, asked.name)
            for dispatch in asked.agents:
                self._dispatch(room, dispatch.agent_name, dispatch.metadata)
        return models.Room(name=asked.name, sid=f"RM_{asked.name}")

    async def list_rooms(self, body: bytes) -> Message:
        names = proto_room.ListRoomsRequest.FromString(body).names
        return proto_room.ListRoomsResponse(
            rooms=[models.Room(name=name) for name in self.rooms if not names or name in names]
        )

    async def list_participants(self, body: bytes) -> Message:
        room = self.rooms.get(proto_room.ListParticipantsRequest.FromString(body).room)
        return proto_room.ListParticipantsResponse(participants=room.participants.values() if room else [])

    async def delete_room(self, body: bytes) -> Message:
        name = proto_room.DeleteRoomRequest.FromString(body).room
        if name not in self.rooms:
            raise _Refused(NOT_FOUND)
        self.close_room(name)
        return proto_room.DeleteRoomResponse()

    async def remove_participant(self, body: bytes) -> Message:
        asked = proto_room.RoomParticipantIdentity.FromString(body)
        room = self.rooms.get(asked.room)
        if room is None or asked.identity not in room.participants:
            raise _Refused(NOT_FOUND)
        self.removed.append(asked.identity)
        for agent in room.agents:
            if agent.identity == asked.identity:
                agent.leave()
        return proto_room.RemoveParticipantResponse()

    async def send_data(self, body: bytes) -> Message:
        sent = proto_room.SendDataRequest.FromString(body)
        room = self.rooms.get(sent.room)
        hearers = [a for a in room.agents if a.identity in sent.destination_identities and a.alive] if room else []
        if not hearers:
            raise _Refused(NOT_FOUND)
        self.told.append((sent.topic, sent.data.decode()))
        for agent in hearers:
            agent.hear(json.loads(sent.data))
        return proto_room.SendDataResponse()

    async def create_dispatch(self, body: bytes) -> Message:
        asked = proto_dispatch.CreateAgentDispatchRequest.FromString(body)
        room = self.rooms.setdefault(asked.room, FakeRoom(asked.room))
        self._dispatch(room, asked.agent_name, asked.metadata)
        return proto_dispatch.AgentDispatch(agent_name=asked.agent_name, room=asked.room)

    async def create_sip_participant(self, body: bytes) -> Message:
        asked = proto_sip.CreateSIPParticipantRequest.FromString(body)
        self.dials.append(asked)
        if asked.sip_trunk_id != TRUNK:
            raise _Refused(NO_TRUNK)
        if not self.sip_node:
            await asyncio.sleep(1.0)
            raise _Refused(NO_SIP)
        room = self.rooms.setdefault(asked.room_name, FakeRoom(asked.room_name))
        if room.closing is not None:
            room.closing.cancel()
        call = room.call = FakeCall(self, room, asked, self.callees(asked.sip_call_to))
        self.spawn(call.live())
        try:
            refusal = await asyncio.wait_for(asyncio.shield(call.reply), CAP_S)
        except TimeoutError:
            raise _Refused(CAPPED) from None
        if refusal is not None:
            raise _Refused(refusal)
        return proto_sip.SIPParticipantInfo(
            participant_identity=asked.participant_identity, room_name=asked.room_name, sip_call_id="SCL_1"
        )

    # -- rooms --------------------------------------------------------------------------------------------------------

    def _dispatch(self, room: FakeRoom, name: str, job: str) -> None:
        room.dispatches.append((name, job))
        self._send_agent(room, name, job)

    def _send_agent(self, room: FakeRoom, name: str, job: str) -> None:
        agent = self.agents.get(name)
        if agent is not None:
            room.agents.append(FakeAgent(room, agent, job))

    def close_room(self, name: str) -> None:
        room = self.rooms.pop(name)
        if room.closing is not None:
            room.closing.cancel()
        if room.call is not None:
            room.call.hang_up()
        for agent in room.agents:
            agent.leave()


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.msg)
        self.refusal = refusal


def _refusal(refusal: Refusal) -> web.Response:
    body: dict[str, Any] = {"code": refusal.code, "msg": refusal.msg}
    if refusal.meta:
        body["meta"] = refusal.meta
    return web.json_response(body, status=refusal.http)


def _key_is_right(request: web.Request) -> bool:
    try:
        api.TokenVerifier(KEY, SECRET).verify(request.headers["Authorization"].removeprefix("Bearer "))
    except Exception:
        return False
    return True


_METHODS: dict[str, Callable[[FakeLiveKit, bytes], Awaitable[Message]]] = {
    "CreateRoom": FakeLiveKit.create_room,
    "ListRooms": FakeLiveKit.list_rooms,
    "ListParticipants": FakeLiveKit.list_participants,
    "DeleteRoom": FakeLiveKit.delete_room,
    "RemoveParticipant": FakeLiveKit.remove_participant,
    "SendData": FakeLiveKit.send_data,
    "CreateDispatch": FakeLiveKit.create_dispatch,
    "CreateSIPParticipant": FakeLiveKit.create_sip_participant,
}


def serve(callees: Callable[[str], Callee], agent: Agent) -> None:
    """As a process of its own, until killed; the port is printed first. For benchmarks."""

    async def main() -> None:
        async with FakeLiveKit(callees, {AGENT: agent}) as server:
            sys.stdout.write(f"{server.port}\n")
            sys.stdout.flush()
            await asyncio.get_running_loop().create_future()

    asyncio.run(main())
