"""A LiveKit server as far as looking it over goes: real messages over real HTTP, and whatever a test wants it to say.

The real client cannot tell the difference. What it answers was seen on livekit-server 1.13.5.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from email.utils import formatdate
from typing import Any

from aiohttp import WSMsgType, web
from google.protobuf.message import Message
from livekit import api
from livekit.protocol import models, room, rtc, sip

from kit.stranger import Answer

KEY, SECRET = "devkey", "a-secret-of-more-than-32-characters-for-tests"

NO_RESPONSE = (503, "unavailable", "no response from servers")
NO_SUCH_HOST = (
    400,
    "invalid_argument",
    'fail to resolve target for "dialconsole-check.invalid": lookup _sip._udp.dialconsole-check.invalid: no such host',
)


class LiveKitServer:
    """Change its attributes to change what it says. ``asked``: names of the requests it got, in order."""

    def __init__(self) -> None:
        self.url = ""
        self.keys = {KEY: SECRET}
        self.version = "1.13.5"
        self.ahead_s = 0.0
        self.trunks = {"ST_main": ["+15550100000"]}
        self.sip: tuple[int, str, str] = NO_SUCH_HOST
        self.failures: dict[str, tuple[int, str, str]] = {}
        """Request -> HTTP status, code and words of the error it gets."""
        self.agents: dict[str, str] = {"reminder": "listening"}
        """Agents that take jobs, and the state they report."""
        self.dispatched: list[tuple[str, str]] = []
        """Agent and job metadata of each dispatch."""
        self.created: list[room.CreateRoomRequest] = []
        self.rooms: dict[str, str] = {}
        """Rooms that exist, and the agent in each."""
        self.asked: list[str] = []
        self.calls: list[sip.CreateSIPParticipantRequest] = []
        self.stranger: Answer | None = None
        """What it says to every request, if it is no LiveKit server at all."""
        self.now: Callable[[], float] = lambda: 0.0

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[LiveKitServer]:
        app = web.Application()
        app.router.add_get("/", self._front)
        app.router.add_get("/rtc", self._join)
        app.router.add_post("/twirp/{service}/{method}", self._twirp)
        app.on_response_prepare.append(self._date)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"ws://{host}:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _date(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self.now() + self.ahead_s, usegmt=True)

    async def _front(self, request: web.Request) -> web.Response:
        return web.Response(text="OK")

    def _allowed(self, request: web.Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        for key, secret in self.keys.items():
            with contextlib.suppress(Exception):
                api.TokenVerifier(key, secret).verify(token)
                return True
        return False

    async def _join(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("join")
        if not self._allowed(request):
            return web.Response(status=401, text="invalid token: " + request.headers["Authorization"])
        line = web.WebSocketResponse()
        await line.prepare(request)
        join = rtc.JoinResponse(server_info=models.ServerInfo(version=self.version))
        await line.send_bytes(rtc.SignalResponse(join=join).SerializeToString())
        async for message in line:
            if message.type is WSMsgType.BINARY:
                assert rtc.SignalRequest.FromString(message.data).HasField("leave")
        return line

    async def _twirp(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.asked.append(method)
        if self.stranger is not None:
            return self.stranger.response
        if not self._allowed(request):
            return web.Response(status=401, text="invalid token: " + request.headers["Authorization"])
        if method in self.failures:
            return _error(*self.failures[method])
        answer = getattr(self, f"_{method}")(await request.read())
        return answer if isinstance(answer, web.Response) else _protobuf(answer)

    # -- requests -------------------------------------------------------------------------------------------------

    def _ListRooms(self, body: bytes) -> Message:
        return room.ListRoomsResponse()

    def _CreateRoom(self, body: bytes) -> Message:
        wanted = room.CreateRoomRequest.FromString(body)
        self.created.append(wanted)
        self.rooms[wanted.name] = next((dispatch.agent_name for dispatch in wanted.agents), "")
        self.dispatched += [(dispatch.agent_name, dispatch.metadata) for dispatch in wanted.agents]
        return models.Room(name=wanted.name, sid=f"RM_{wanted.name}")

    def _ListParticipants(self, body: bytes) -> Message:
        name = self.rooms.get(room.ListParticipantsRequest.FromString(body).room, "")
        if name not in self.agents:
            return room.ListParticipantsResponse()
        state = self.agents[name]
        someone = models.ParticipantInfo(
            identity="agent-1",
            kind=models.ParticipantInfo.AGENT,
            state=models.ParticipantInfo.ACTIVE,
            attributes={"lk.agent.state": state} if state else {},
        )
        return room.ListParticipantsResponse(participants=[someone])

    def _DeleteRoom(self, body: bytes) -> Message | web.Response:
        if self.rooms.pop(room.DeleteRoomRequest.FromString(body).room, None) is None:
            return _error(404, "not_found", "requested room does not exist")
        return room.DeleteRoomResponse()

    def _ListSIPOutboundTrunk(self, body: bytes) -> Message:
        wanted = sip.ListSIPOutboundTrunkRequest.FromString(body).trunk_ids
        items = [
            sip.SIPOutboundTrunkInfo(sip_trunk_id=id, numbers=self.trunks[id])
            if id in self.trunks
            else sip.SIPOutboundTrunkInfo()
            for id in wanted
        ]
        return sip.ListSIPOutboundTrunkResponse(items=items)

    def _CreateSIPParticipant(self, body: bytes) -> web.Response:
        self.calls.append(sip.CreateSIPParticipantRequest.FromString(body))
        return _error(*self.sip)


def _protobuf(message: Message) -> web.Response:
    return web.Response(body=message.SerializeToString(), content_type="application/protobuf")


def _error(status: int, code: str, words: str) -> web.Response:
    body: dict[str, Any] = {"code": code, "msg": f"twirp error unknown: {words}"}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
