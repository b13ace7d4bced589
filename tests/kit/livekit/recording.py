"""What real servers answer to a dial that fails: each row of ``kit.refusals`` brought about, as far as loopback can.

A SIPp of its own answers with the response that a row is named after; the rest is asked for as it goes wrong in life:
a wrong key, no such trunk, a carrier who is silent, no SIP service. Only the client's plain request is used, and none
of what is tested.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, Final

import aiohttp
from google.protobuf.duration_pb2 import Duration
from livekit import api
from msgspec import Struct

from kit.livekit.behaviour import PERSON, RINGS, Behaviour, number
from kit.livekit.callee import Callees
from kit.livekit.configs import KEY, SECRET, WRONG_SECRET, sip_config, write_config
from kit.livekit.ports import LOOPBACK
from kit.livekit.programs import PROGRAMS, version
from kit.livekit.stack import TRUNK_NUMBER, Stack
from kit.refusals import Row

AT_ONCE: Final = 8

TIMER_B_S: Final = 40
"""SIP gives up on a carrier who says nothing after 32 s; the ring time-out must not come first."""

BUSY_AFTER_S: Final = 4.0
"""A SIP service measures its processor once a second."""

_CARRIERS: Final = re.compile(r"SIP ([3-6][0-9]{2}) (.+)")
"""Names of the rows that are a carrier's response: its code and phrase."""


class Said(Struct, frozen=True):
    """One error as it came over the wire."""

    code: str
    http: int
    msg: str
    meta: dict[str, str]


def versions() -> dict[str, str]:
    """Of everything that has a part in what is recorded."""
    told = {program.name: version(program) for program in PROGRAMS}
    found = {name: (re.findall(r"[0-9]+\.[0-9]+[-.\w]*", words) or [words])[0] for name, words in told.items()}
    return found | {"livekit-api": package_version("livekit-api")}


class Recorder:
    """On servers of its own, whose SIP service it stops in the end."""

    def __init__(self, stack: Stack, folder: Path, rows: Sequence[Row]) -> None:
        self.stack = stack
        self._carrier = _carrier(rows)
        self._callees = Callees(folder / "carrier", list(self._carrier.values()))
        self._count = 0
        self.trunk = ""
        """To the carrier who answers as the rows say."""

    async def record(self) -> dict[str, Said]:
        """What was answered, by the name of the row."""
        self._callees.server.start()
        try:
            self.trunk = await self.stack.add_trunk(self._callees.address)
            places = asyncio.Semaphore(AT_ONCE)

            async def one(name: str, deed: Awaitable[Said]) -> tuple[str, Said]:
                async with places:
                    return name, await deed

            deeds = [one(name, self.dial(number(callee))) for name, callee in self._carrier.items()]
            deeds += [one(name, deed(self)) for name, deed in _BESIDE.items()]
            found = dict(await asyncio.gather(*deeds))
            for name, deed in _AFTERWARDS.items():
                found[name] = await deed(self)
            return found
        finally:
            self._callees.server.kill()

    async def dial(self, to: str, ring_s: int = 20, client: api.LiveKitAPI | None = None, **changes: Any) -> Said:
        """One dial over the carrier's trunk, unless ``changes`` of the request say otherwise."""
        self._count += 1
        request: dict[str, Any] = {
            "sip_trunk_id": self.trunk,
            "sip_call_to": to,
            "sip_number": TRUNK_NUMBER,
            "room_name": f"refusal-{self._count}",
            "participant_identity": f"refusal-{self._count}",
            "wait_until_answered": True,
            "ringing_timeout": Duration(seconds=ring_s),
        }
        dialing = api.CreateSIPParticipantRequest(**(request | changes))
        async with self.client() as usual:
            try:
                await (client or usual).sip.create_sip_participant(dialing, timeout=TIMER_B_S + 20)
            except api.TwirpError as error:
                return Said(error.code, error.status, error.message, dict(error.metadata))
        raise AssertionError(f"{to} was answered")

    @contextlib.asynccontextmanager
    async def client(self, headers: Mapping[str, str] = {}, **access: str) -> AsyncIterator[api.LiveKitAPI]:
        """A client with headers of its own, or another key, or a token."""
        given: dict[str, Any] = dict(access or {"api_key": KEY, "api_secret": SECRET})
        async with aiohttp.ClientSession(headers=headers) as session:
            yield api.LiveKitAPI(self.stack.url, session=session, failover=False, **given)


def _carrier(rows: Sequence[Row]) -> dict[str, Behaviour]:
    """A callee for each row that is a carrier's response, by the row's name."""
    found = {row.name: match for row in rows if (match := _CARRIERS.fullmatch(row.name))}
    return {
        name: Behaviour(f"{index:02d}", name, ring_s=0, code=int(match[1]), phrase=match[2])
        for index, (name, match) in enumerate(found.items())
    }


# -- what is no carrier's response ------------------------------------------------------------------------------------


async def _rings_in_vain(recorder: Recorder) -> Said:
    return await recorder.dial(number(RINGS), ring_s=2, sip_trunk_id=recorder.stack.trunk_id)


async def _no_reply(recorder: Recorder) -> Said:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((LOOPBACK, 0))
        trunk = await recorder.stack.add_trunk(f"{LOOPBACK}:{deaf.getsockname()[1]}")
        return await recorder.dial(number(RINGS), ring_s=TIMER_B_S, sip_trunk_id=trunk)


async def _no_trunk(recorder: Recorder) -> Said:
    return await recorder.dial(number(RINGS), sip_trunk_id="ST_unknown")


async def _no_numbers(recorder: Recorder) -> Said:
    inline = api.SIPOutboundConfig(hostname=recorder.stack.callees.address)
    return await recorder.dial(number(RINGS), sip_trunk_id="", sip_number="", trunk=inline)


async def _encryption(recorder: Recorder) -> Said:
    trunk = await recorder.stack.add_trunk(encrypted=True)
    return await recorder.dial(number(PERSON), sip_trunk_id=trunk)


async def _wrong_key(recorder: Recorder) -> Said:
    async with recorder.client(api_key=KEY, api_secret=WRONG_SECRET) as client:
        return await recorder.dial(number(RINGS), client=client)


async def _no_right(recorder: Recorder) -> Said:
    token = api.AccessToken(KEY, SECRET).with_grants(api.VideoGrants(room_list=True)).to_jwt()
    async with recorder.client(token=token) as client:
        return await recorder.dial(number(RINGS), client=client)


async def _capped(recorder: Recorder) -> Said:
    """The header moves the server's limit of 80 s, so that it comes soon."""
    async with recorder.client(headers={"X-Twirp-Timeout-Ms": "1500"}) as client:
        return await recorder.dial(number(RINGS), client=client, sip_trunk_id=recorder.stack.trunk_id)


async def _no_number(recorder: Recorder) -> Said:
    return await recorder.dial("")


async def _no_route(recorder: Recorder) -> Said:
    """A method that the server does not have, as one that is too old has none of ours."""
    async with recorder.client() as client:
        try:
            await client.sip._client.request("SIP", "NoSuchMethod", api.ListRoomsRequest(), {}, api.ListRoomsResponse)
        except api.TwirpError as error:
            return Said(error.code, error.status, error.message, dict(error.metadata))
    raise AssertionError("a method that does not exist was answered")


async def _no_node(recorder: Recorder) -> Said:
    recorder.stack.sip.kill()
    return await recorder.dial(number(RINGS))


async def _no_cpu(recorder: Recorder) -> Said:
    """A SIP service that takes no calls, since any load is too much for it; it never says that it is healthy."""
    config = sip_config(recorder.stack.ports) | {"max_cpu_utilization": 0.0001}
    write_config(recorder.stack.folder / "sip.yaml", config)
    recorder.stack.sip.launch()
    await asyncio.sleep(BUSY_AFTER_S)
    return await recorder.dial(number(RINGS))


Deed = Callable[[Recorder], Awaitable[Said]]

_BESIDE: Final[dict[str, Deed]] = {
    "ring time-out": _rings_in_vain,
    "no SIP reply at all (timer B)": _no_reply,
    "unknown trunk": _no_trunk,
    "trunk without numbers": _no_numbers,
    "media encryption": _encryption,
    "wrong key": _wrong_key,
    "key without the right to call": _no_right,
    "the server's limit of 80 s": _capped,
    "empty number": _no_number,
    "server too old": _no_route,
}

_AFTERWARDS: Final[dict[str, Deed]] = {"no SIP node": _no_node, "SIP node without CPU": _no_cpu}
"""In this order, once all other calls are over: they stop the SIP service."""
