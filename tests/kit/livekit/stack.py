"""Real servers on loopback for real calls: Redis, livekit-server, livekit-sip, callees played by SIPp, an agent worker.

    API client -> livekit-server -> (Redis) -> livekit-sip -> SIPp
                        \\-> agent worker

Each can be killed and started again on its own. Nothing listens anywhere but on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import aiohttp
from livekit import api

from kit.livekit import agent
from kit.livekit.callee import Callees
from kit.livekit.configs import KEY, SECRET, Ports, server_config, sip_config, write_config
from kit.livekit.ports import LOOPBACK, listens
from kit.livekit.processes import Server
from kit.livekit.programs import REDIS, SERVER, SIP, Program, find

TRUNK_NUMBER: Final = "+12125550100"
"""The caller ID of every call that names no other."""

AGENT: Final = "listener"

TESTS: Final = Path(__file__).parents[2]


class Stack:
    """All servers of one test run, or of one test that breaks them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.ports = ports = Ports.choose()
        self.trunk_id = ""
        self.callees = Callees(folder / "callees")
        self.redis = Server(
            "redis-server",
            # Trunks live in Redis: one that is killed must come back with what it had, as anybody's does.
            [
                *(_path(REDIS), "--bind", LOOPBACK, "--port", str(ports.redis), "--dir", folder),
                *("--save", "", "--appendonly", "yes", "--appendfsync", "always"),
            ],
            folder / "redis.log",
            lambda: listens(ports.redis),
        )
        self.server = Server(
            "livekit-server",
            [_path(SERVER), "--config", write_config(folder / "server.yaml", server_config(ports))],
            folder / "server.log",
            lambda: listens(ports.server),
        )
        self.sip = Server(
            "livekit-sip",
            [_path(SIP), "--config", write_config(folder / "sip.yaml", sip_config(ports))],
            folder / "sip.log",
            lambda: healthy(ports.sip_health),
        )
        self.worker = self.worker_named(AGENT, ports.agent)

    def worker_named(self, name: str, port: int) -> Server:
        """An agent worker, not started: ``kit.livekit.agent`` under a name of its choice."""
        ready = self.folder / f"agent-{name}.ready"
        worker = Server(
            f"agent worker {name}",
            [sys.executable, "-m", "kit.livekit.agent"],
            self.folder / f"agent-{name}.log",
            lambda: ready.exists() and ready.read_text() == str(worker.pid),
            {
                "PYTHONPATH": str(TESTS),
                "LIVEKIT_URL": self.ws_url,
                "LIVEKIT_API_KEY": KEY,
                "LIVEKIT_API_SECRET": SECRET,
                agent.NAME_VARIABLE: name,
                agent.PORT_VARIABLE: str(port),
                agent.READY_VARIABLE: str(ready),
            },
        )
        return worker

    @property
    def servers(self) -> tuple[Server, ...]:
        """In the order in which they come up."""
        return self.redis, self.server, self.sip, self.callees.server, self.worker

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.server}"

    @property
    def ws_url(self) -> str:
        return f"ws://{LOOPBACK}:{self.ports.server}"

    def start(self) -> None:
        self.redis.start()
        self.callees.server.launch()
        self.server.start()
        self.worker.launch()
        self.sip.launch()
        for server in (self.callees.server, self.sip, self.worker):
            server.wait_until_ready()
        self.trunk_id = asyncio.run(self.add_trunk())

    def end(self) -> None:
        """Kill everything. Nothing is asked to end well: there is nothing to save."""
        for server in reversed(self.servers):
            server.kill()

    async def add_trunk(self, address: str = "", *, encrypted: bool = False) -> str:
        """A SIP trunk to the callees, or to another address; its id. ``encrypted``: it takes no other media."""
        media = api.SIPMediaEncryption
        trunk = api.SIPOutboundTrunkInfo(
            name="callees",
            address=address or self.callees.address,
            transport=api.SIPTransport.SIP_TRANSPORT_UDP,
            numbers=[TRUNK_NUMBER],
            media_encryption=media.SIP_MEDIA_ENCRYPT_REQUIRE if encrypted else media.SIP_MEDIA_ENCRYPT_DISABLE,
        )
        async with self.client() as client:
            made = await client.sip.create_outbound_trunk(api.CreateSIPOutboundTrunkRequest(trunk=trunk))
        return made.sip_trunk_id

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[api.LiveKitAPI]:
        """The server API, beside whatever is tested."""
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            api.LiveKitAPI(self.url, KEY, SECRET, session=session, failover=False) as client,
        ):
            yield client

    def told(self) -> str:
        """The end of every server's log, for a test that has failed."""
        return "\n\n".join(f"--- {server.name} ({server.log})\n{server.tail(15)}" for server in self.servers)


@contextlib.contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    stack = Stack(folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.end()


def healthy(port: int) -> bool:
    """Whether a health check answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _path(program: Program) -> Path:
    return find(program) or Path(program.name)
