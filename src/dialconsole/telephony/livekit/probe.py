"""The few requests with which a trunk is looked over. None of them can make a phone ring.

Whether a SIP service listens can only be learned by asking one for a call, so it is asked for a call to a host that by
its name cannot exist (``.invalid``, RFC 6761): the service fails to look it up and says so within milliseconds, while a
server without a SIP service answers after a second that nobody responded. Nothing is sent to anybody in either case.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from dialconsole.model.agent_signals import AGENT_STATE

if TYPE_CHECKING:
    from dialconsole.telephony.livekit.access import Access

NOWHERE: Final = "dialconsole-check.invalid"
"""A host that no name server knows."""

ANSWER_S: Final = 10.0
"""The longest that one request may take."""


class Unreachable(Enum):
    DNS = "its name cannot be looked up"
    CONNECT = "nothing answers there"
    CERTIFICATE = "its certificate does not verify"
    NO_TLS = "it does not speak TLS there"
    NO_LIVEKIT = "what answers there is no LiveKit server"
    MOVED = "it sends requests elsewhere, and they are not followed"
    TIMEOUT = "it does not answer in time"


class Unreached(Exception):
    """No answer came back. ``why`` is the system's own word for it, if it has one."""

    def __init__(self, reason: Unreachable, why: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.why = why


class Refused(Exception):
    """The server answered with an error. ``said`` may hold anything, a token too: look at it, but never show it."""

    def __init__(self, code: str, status: int, said: str) -> None:
        super().__init__(f"{code} ({status})")
        self.code = code
        self.status = status
        self.said = said


class Greeting(Struct, frozen=True):
    """What the server's front door says. ``clock``: its time (POSIX seconds, whole), if it tells."""

    status: int
    took_s: float
    clock: float | None = None
    moved_to: str = ""


class AgentSeen(Struct, frozen=True):
    active: bool
    state: str


class Probe(Protocol):
    """A LiveKit server, for looking. Every method may raise ``Unreached`` or ``Refused``."""

    async def hello(self) -> Greeting: ...

    async def check_key(self) -> None: ...

    async def trunk_numbers(self, trunk_id: str) -> tuple[str, ...] | None:
        """The numbers of an outbound trunk; ``None`` if there is no such trunk."""

    async def ask_sip(self, room: str) -> None:
        """Ask a SIP service for a call that leads nowhere; what is raised tells whether there is one."""

    async def open_room(self, room: str, agent: str, job: str, lasts_s: float) -> None:
        """Make a room; with ``agent``, have it dispatched with ``job`` as its metadata. The server keeps it for
        ``lasts_s`` while nobody is in it, also after somebody has left, and then closes it, should we not get to it.
        """

    async def version(self, room: str) -> str:
        """The server's own version. It tells it only to who joins a room: we do, hidden, and leave."""

    async def agents(self, room: str) -> list[AgentSeen]: ...

    async def close_room(self, room: str) -> None: ...

    async def close(self) -> None: ...


class LiveKitProbe:
    """``Probe`` by LiveKit's own client, on a session of our own; make it inside the running event loop."""

    def __init__(self, access: Access) -> None:
        import aiohttp
        from livekit import api

        from dialconsole.telephony.livekit.wire import only_livekit

        self._access = access
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_S), middlewares=(only_livekit,)
        )
        self._api = api.LiveKitAPI(access.url, access.key, access.secret, session=self._session, failover=False)

    async def hello(self) -> Greeting:
        began = time.perf_counter()
        with _told():
            async with self._session.get(f"{self._access.url}/", allow_redirects=False, middlewares=()) as answer:
                took = time.perf_counter() - began
                clock = _instant(answer.headers.get("Date", ""))
                return Greeting(answer.status, took, clock, answer.headers.get("Location", ""))

    async def check_key(self) -> None:
        from livekit.protocol.room import ListRoomsRequest

        with _told():
            await self._api.room.list_rooms(ListRoomsRequest(names=["dialconsole-check"]))

    async def trunk_numbers(self, trunk_id: str) -> tuple[str, ...] | None:
        from livekit.protocol.sip import ListSIPOutboundTrunkRequest

        with _told():
            found = await self._api.sip.list_outbound_trunk(ListSIPOutboundTrunkRequest(trunk_ids=[trunk_id]))
        # A trunk that does not exist comes back as an empty item in its place.
        return next((tuple(item.numbers) for item in found.items if item.sip_trunk_id == trunk_id), None)

    async def ask_sip(self, room: str) -> None:
        from google.protobuf.duration_pb2 import Duration
        from livekit.protocol.sip import CreateSIPParticipantRequest, SIPOutboundConfig

        request = CreateSIPParticipantRequest(
            trunk=SIPOutboundConfig(hostname=NOWHERE),
            sip_number="+15550100000",
            sip_call_to="0",
            room_name=room,
            participant_identity=f"{room}-nowhere",
            hide_phone_number=True,
            wait_until_answered=True,
            ringing_timeout=Duration(seconds=1),
        )
        with _told():
            await self._api.sip.create_sip_participant(request, timeout=ANSWER_S)

    async def open_room(self, room: str, agent: str, job: str, lasts_s: float) -> None:
        from livekit.protocol.agent_dispatch import RoomAgentDispatch
        from livekit.protocol.room import CreateRoomRequest

        agents = [RoomAgentDispatch(agent_name=agent, metadata=job)] if agent else []
        seconds = math.ceil(lasts_s)
        with _told():
            made = await self._api.room.create_room(
                CreateRoomRequest(
                    name=room, agents=agents, metadata=room, empty_timeout=seconds, departure_timeout=seconds
                )
            )
        if not made.sid:
            raise Unreached(Unreachable.NO_LIVEKIT, "it makes rooms without an id")

    async def version(self, room: str) -> str:
        from livekit import api
        from livekit.protocol import rtc

        grants = api.VideoGrants(
            room_join=True, room=room, hidden=True, can_publish=False, can_subscribe=False, can_publish_data=False
        )
        access = self._access
        token = api.AccessToken(access.key, access.secret).with_identity(f"{room}-look").with_grants(grants)
        # In the header and not in the address, where a proxy's log would keep it.
        headers = {"Authorization": f"Bearer {token.to_jwt()}"}
        with _told():
            async with self._session.ws_connect(
                f"{access.url}/rtc", params={"protocol": "15", "auto_subscribe": "0"}, headers=headers
            ) as line:
                first = await line.receive_bytes(timeout=ANSWER_S)  # TypeError: it sent no bytes
                version = rtc.SignalResponse.FromString(first).join.server_info.version
                await line.send_bytes(rtc.SignalRequest(leave=rtc.LeaveRequest()).SerializeToString())
        return version

    async def agents(self, room: str) -> list[AgentSeen]:
        from livekit.protocol.models import ParticipantInfo
        from livekit.protocol.room import ListParticipantsRequest

        with _told():
            there = await self._api.room.list_participants(ListParticipantsRequest(room=room))
        return [
            AgentSeen(someone.state == ParticipantInfo.ACTIVE, someone.attributes.get(AGENT_STATE, ""))
            for someone in there.participants
            if someone.kind == ParticipantInfo.AGENT
        ]

    async def close_room(self, room: str) -> None:
        from livekit.protocol.room import DeleteRoomRequest

        with _told():
            await self._api.room.delete_room(DeleteRoomRequest(room=room))

    async def close(self) -> None:
        await self._session.close()


class _told:
    """Turns whatever the client raises into one of our two."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or not isinstance(error, Exception):
            return
        raise _ours(error) from None


def _ours(error: Exception) -> Exception:
    import aiohttp
    from livekit.api import ServerError

    from dialconsole.telephony.livekit.wire import Moved, code_of

    match error:
        case ServerError():
            return Refused(code_of(error), error.status, str(error.message or ""))
        case aiohttp.ClientConnectorCertificateError():
            return Unreached(Unreachable.CERTIFICATE, getattr(error.certificate_error, "verify_message", ""))
        case aiohttp.ClientConnectorSSLError():
            return Unreached(Unreachable.NO_TLS)
        case aiohttp.ClientConnectorDNSError():
            return Unreached(Unreachable.DNS)
        case aiohttp.WSServerHandshakeError():
            return Refused("handshake", error.status, "")
        case asyncio.TimeoutError():
            return Unreached(Unreachable.TIMEOUT)
        case aiohttp.ClientConnectorError():
            return Unreached(Unreachable.CONNECT, _system_word(error.os_error))
        case Moved():
            return Unreached(Unreachable.MOVED, f"to {error.to}" if error.to else "")
    # A page, JSON that is no object, no protobuf: the client stumbles over what is not LiveKit's in many ways.
    return Unreached(Unreachable.NO_LIVEKIT)


def _system_word(error: OSError) -> str:
    """``Connection refused``; not the event loop's own text, which repeats the address."""
    return os.strerror(error.errno) if error.errno else ""


def _instant(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
