"""An engine to ask: the one that runs on the workspace, else one opened here that answers everything and dials nothing.

Commands are thus written once. Opening takes the workspace's lock, so a command and an engine never write at the same
time; while an engine is just coming up, it has the lock and no socket yet, and a command waits for it for a moment.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dialconsole.control.client import SocketClient
from dialconsole.control.port import EngineClient
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller, Request
from dialconsole.store.places import DOCUMENTS, default_workspace, socket_path

if TYPE_CHECKING:
    from dialconsole.store.workspace import Workspace

R = TypeVar("R")
T = TypeVar("T")

COMING_UP_S = 5.0
"""How long an engine that holds the lock may take to answer."""

_LOOK_AGAIN_S = 0.05


def workspace_path(given: Path | None) -> Path:
    """The folder a command is about: what was given, else the person's own."""
    return (given or default_workspace()).expanduser().absolute()


def open_workspace(path: Path, *, create: bool) -> Workspace:
    """The workspace at ``path``; made if there is none and ``create`` is set. Raises ``Problem``."""
    from dialconsole.store.workspace import Workspace

    if (path / DOCUMENTS).exists():
        return Workspace.open(path)
    if create:
        return Workspace.create(path, name=path.name, at=time.time())
    raise Problem(
        f"There is no workspace at {path}. Name another with --workspace, or make one: dialconsole trunk add NAME.",
        code="no_workspace",
    )


async def connected(socket: Path) -> SocketClient | None:
    """A client of the engine that listens there; ``None`` if none does."""
    client = SocketClient(socket)
    try:
        await client.connect()
    except Problem as problem:
        if problem.code != "no_engine":
            raise
        return None
    return client


@asynccontextmanager
async def engine_session(path: Path, *, create: bool = False) -> AsyncIterator[EngineClient]:
    """A client of the engine of the workspace at ``path``. ``create``: make it if there is none. Raises ``Problem``."""
    async with AsyncExitStack() as stack:
        client: EngineClient | None = await connected(socket_path(path))
        if client is None:
            workspace = open_workspace(path, create=create)
            try:
                client = await stack.enter_async_context(_opened_here(workspace))
            except Problem as problem:
                if problem.code != "locked":
                    raise
                client = await _coming_up(workspace.socket_path, problem)
        stack.push_async_callback(client.close)
        yield client


@asynccontextmanager
async def _opened_here(workspace: Workspace) -> AsyncIterator[EngineClient]:
    from dialconsole.clock import RealClock
    from dialconsole.control.local import LocalClient
    from dialconsole.engine.engine import Engine

    engine = await Engine.open(workspace, RealClock(), dialing=False)
    try:
        known = engine.role_of(os.getuid())
        if known is None:
            raise Problem(f"You have no rights on the workspace {workspace.path}; its owner can grant them.")
        name, role = known
        yield LocalClient(engine, Caller(user=name, uid=os.getuid(), pid=os.getpid(), role=role))
    finally:
        await engine.close()


async def _coming_up(socket: Path, locked: Problem) -> EngineClient:
    """The client of whoever has the lock, as soon as it answers; else its ``Problem``."""
    for _ in range(round(COMING_UP_S / _LOOK_AGAIN_S)):
        client = await connected(socket)
        if client is not None:
            return client
        await asyncio.sleep(_LOOK_AGAIN_S)
    raise locked


def ask(workspace: Path | None, request: Request[R], *, create: bool = False) -> R:
    """Ask one thing. Raises ``Problem``."""
    return in_session(workspace, lambda client: client.request(request), create=create)


def in_session(workspace: Path | None, body: Callable[[EngineClient], Awaitable[T]], *, create: bool = False) -> T:
    """Run ``body`` with a client. Raises ``Problem``."""

    async def run() -> T:
        async with engine_session(workspace_path(workspace), create=create) as client:
            return await body(client)

    return asyncio.run(run())
