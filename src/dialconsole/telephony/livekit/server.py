"""The one place that talks to a LiveKit server: a few requests, in our words, over the official client.

Three defaults of that client would be fatal here and are turned off. Its failover repeats a dial that timed out, up to
three times, and LiveKit does not notice that they are the same call: one hung request would ring a person four times.
aiohttp lets only 100 requests out at once; the others wait in a queue *inside* their own time-out, so that at 101
ringing phones the next dials "time out" without ever having been sent. And every request but a dial is made without
any time-out at all: a server that hangs would hold a call for ever. The sessions are therefore our own, and closed by
us, and so are the time-outs.

Only answers of LiveKit's reach that client (``wire``); with any other it would fail in ways of its own, and what it
raises then is none of ``Failure``'s until it is made one here.

Dials go out on connections of their own, never on one that was used before: an idle connection may be dead already, and
the request that fails on it *looks* sent. A new one that cannot be made proves that nobody's phone rings.

Loaded when the first LiveKit trunk is opened; the console never loads it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple, TypeVar

import aiohttp
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError
from livekit import api
from livekit.protocol.models import DataPacket

from dialconsole.model.agent_signals import TOPIC
from dialconsole.telephony.backend import CallOrder
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.sight import Sight, sight_of
from dialconsole.telephony.livekit.wire import NoLiveKit, in_short, only_livekit

Q = TypeVar("Q")
A = TypeVar("A")

REQUEST_S: Final = 6.0
"""The longest any request but a dial may take."""

DIAL_MARGIN_S: Final = 15
"""A dial is given up this long after its ring time-out: the room must be joined first, and the answer must travel."""

TOKEN_LIFE: Final = timedelta(hours=25)
"""No call of LiveKit's SIP service lasts longer than a day."""

EMPTY_S: Final = 120
"""A room that holds nobody but an agent closes after this. Longer than calls commonly wait for the trunk's spacing; one
that waits longer has lost its agent, and does not dial. Rooms of engines that died last no longer either."""

DEPARTURE_S: Final = 20
"""A room without a callee closes after this. Longer than LiveKit's SIP service takes to come back (7 s) when the
server restarts under a call."""

MAX_RING_S: Final = 60
"""The server gives up on joining and ringing together after 80 s, whatever is asked of it."""

Failure = (api.TwirpError, aiohttp.ClientError, asyncio.TimeoutError, OSError, DecodeError, NoLiveKit)
"""All that a request can end with."""

_sent: ContextVar[list[bool] | None] = ContextVar("_sent", default=None)
"""Where the dial of this task is noted as sent."""


class NotSent(Exception):
    """A dial that failed before its first byte was sent: nobody's phone rings. The cause is the exception's."""


class _Entered(NamedTuple):
    """LiveKit's client with the token of one room; once for each of our two sessions."""

    asks: api.LiveKitAPI
    dials: api.LiveKitAPI


class Server:
    """One LiveKit server, one key. Make it inside the running event loop; ``close`` it."""

    def __init__(self, access: Access) -> None:
        self._url = access.url
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), middlewares=(only_livekit,))
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_note_sent)
        self._dials = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            middlewares=(only_livekit,),
            trace_configs=[trace],
        )
        self._api = api.LiveKitAPI(access.url, access.key, access.secret, session=self._session, failover=False)
        self._dial_api = api.LiveKitAPI(access.url, access.key, access.secret, session=self._dials, failover=False)
        self._access = access
        self._entered: dict[str, _Entered] = {}
        """Rooms of calls in progress -> clients with a token for that room."""
        self.requests: Counter[str] = Counter()
        """API calls made, by name. LiveKit Cloud counts them."""

    def enter(self, room: str) -> None:
        """Sign one token for all requests about this room until ``leave``; signing is a third of what a request costs.

        Not needed: without it each request is signed by itself.
        """
        grants = api.VideoGrants(room=room, room_admin=True, room_create=True)
        unsigned = api.AccessToken(self._access.key, self._access.secret).with_ttl(TOKEN_LIFE)
        token = unsigned.with_grants(grants).with_sip_grants(api.SIPGrants(call=True)).to_jwt()
        self._entered[room] = _Entered(
            asks=api.LiveKitAPI.with_token(token, self._url, session=self._session, failover=False),
            dials=api.LiveKitAPI.with_token(token, self._url, session=self._dials, failover=False),
        )

    def leave(self, room: str) -> None:
        self._entered.pop(room, None)

    def _in(self, room: str) -> api.LiveKitAPI:
        entered = self._entered.get(room)
        return entered.asks if entered else self._api

    def _dialer(self, room: str) -> api.LiveKitAPI:
        entered = self._entered.get(room)
        return entered.dials if entered else self._dial_api

    async def _ask(self, name: str, ask: Callable[[Q], Coroutine[Any, Any, A]], request: Q) -> A:
        """One request within ``REQUEST_S``. The client hands its session "no time-out" for all but dials, whatever
        the session's own is. Raises one of ``Failure``, whatever the client raises."""
        self._count(name)
        with _failures():
            async with asyncio.timeout(REQUEST_S):
                return await ask(request)

    def _count(self, name: str) -> None:
        if self._session.closed:  # aiohttp would raise a RuntimeError, which is no failure of the server
            raise aiohttp.ClientConnectionError("the client is closed")
        self.requests[name] += 1

    async def create_room(self, name: str, agent: str, job: str) -> None:
        """A room with its agent on the way. Asking for an agent that does not exist is no error."""
        request = api.CreateRoomRequest(
            name=name,
            empty_timeout=EMPTY_S,
            departure_timeout=DEPARTURE_S,
            metadata=name,
            agents=[api.RoomAgentDispatch(agent_name=agent, metadata=job)],
        )
        room = await self._ask("create_room", self._in(name).room.create_room, request)
        if not room.sid:  # a server that answers everything with nothing
            raise NoLiveKit("it makes rooms without an id")

    async def look(self, room: str) -> Sight:
        """Who is in the room; nobody, if there is no such room."""
        request = api.ListParticipantsRequest(room=room)
        listed = await self._ask("list_participants", self._in(room).room.list_participants, request)
        return sight_of(listed.participants, room)

    async def has_room(self, name: str) -> bool:
        listed = await self._ask("list_rooms", self._api.room.list_rooms, api.ListRoomsRequest(names=[name]))
        return bool(listed.rooms)

    async def dial(self, order: CallOrder, sip_trunk_id: str) -> None:
        """Ring the callee; returns when somebody answered. Exactly one request, however it ends.

        The identity is the attempt and never the number: a second participant of one identity ends both calls, and a
        number is nobody else's business. Raises ``NotSent``, or one of ``Failure``; ``NoLiveKit`` says nothing about
        the phone, for a proxy may have passed the request on before it answered with words of its own.
        """
        self._count("create_sip_participant")
        ring_s = ring_seconds(order)
        request = api.CreateSIPParticipantRequest(
            sip_trunk_id=sip_trunk_id,
            sip_call_to=order.number,
            sip_number=order.caller_id,
            room_name=order.attempt,
            participant_identity=order.attempt,
            participant_name=order.attempt,
            hide_phone_number=True,
            wait_until_answered=True,
            ringing_timeout=Duration(seconds=ring_s),
            # Counts from the request. Our own timer counts from the answer; this one is for calls that outlive us.
            max_call_duration=Duration(seconds=ring_s + DIAL_MARGIN_S + int(order.max_call_s)),
        )
        sent: list[bool] = []
        _sent.set(sent)
        try:
            with _failures():
                callee = await self._dialer(order.attempt).sip.create_sip_participant(
                    request, timeout=ring_s + DIAL_MARGIN_S
                )
                if not callee.participant_identity:
                    raise NoLiveKit("it answers a dial with nothing")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            if not sent:
                raise NotSent from error
            raise

    async def dispatch(self, room: str, agent: str, job: str) -> None:
        """Send one more agent into a room."""
        request = api.CreateAgentDispatchRequest(agent_name=agent, room=room, metadata=job)
        await self._ask("create_dispatch", self._in(room).agent_dispatch.create_dispatch, request)

    async def remove(self, room: str, identity: str) -> None:
        """Send a participant away. One that is gone already is as good."""
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        try:
            await self._ask("remove_participant", self._in(room).room.remove_participant, request)
        except api.TwirpError as error:
            if error.code != api.TwirpErrorCode.NOT_FOUND:
                raise

    async def send(self, room: str, identity: str, payload: bytes) -> None:
        """A reliable message to one participant. Raises if that one is gone."""
        request = api.SendDataRequest(
            room=room, data=payload, kind=DataPacket.RELIABLE, topic=TOPIC, destination_identities=[identity]
        )
        await self._ask("send_data", self._in(room).room.send_data, request)

    async def delete_room(self, name: str) -> None:
        """End the room and every call in it. A room that is gone already is as good."""
        try:
            await self._ask("delete_room", self._in(name).room.delete_room, api.DeleteRoomRequest(room=name))
        except api.TwirpError as error:
            if error.code != api.TwirpErrorCode.NOT_FOUND:
                raise

    async def skew_s(self) -> float | None:
        """Seconds by which the server's clock is ahead of this machine's; None if it does not tell."""
        try:
            self._count("clock")
            async with asyncio.timeout(REQUEST_S), self._session.get(self._url) as response:
                then = parsedate_to_datetime(response.headers["Date"])
        except (*Failure, KeyError, ValueError):
            return None
        return (then - datetime.now(UTC)).total_seconds()

    async def close(self) -> None:
        await self._session.close()
        await self._dials.close()


@contextmanager
def _failures() -> Iterator[None]:
    """The client takes every answer for one of LiveKit's; where it stumbles over something else, that is what is said.

    ``"Not Found"``, ``null`` or ``[]`` as the JSON of an error ends in an ``AttributeError`` there.
    """
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        raise NoLiveKit(f"its answer cannot be read ({in_short(error)})") from error


def ring_seconds(order: CallOrder) -> int:
    """The ring time-out as it is sent: whole seconds, below the server's own limit, never longer than it was judged by.

    A campaign's is 15 s at least, so that cutting its fraction off leaves it as long as the law wants it to ring.
    """
    return max(1, min(MAX_RING_S, int(order.ring_timeout_s)))


async def _note_sent(_session: aiohttp.ClientSession, _context: Any, _params: Any) -> None:
    sent = _sent.get()
    if sent is not None:
        sent.append(True)
