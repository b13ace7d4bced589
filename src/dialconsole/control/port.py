"""The two faces of the control seam.

``EnginePort`` is what the server needs of an engine; ``EngineClient`` is what a console or a command needs of one,
wherever the engine runs: over the socket (``control.client``) or in the same process (``control.local``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Protocol, TypeVar

from msgspec import Struct

from dialconsole.model.request.request import Caller, Request
from dialconsole.model.view import Kind, PresenceView, Role, View

R = TypeVar("R")


class EnginePort(Protocol):
    """What the control server asks of the engine. All methods run on the engine's loop and none may block it."""

    def role_of(self, uid: int) -> tuple[str, Role] | None:
        """Name and role of the person with this uid; ``None`` refuses them."""

    def taken_away_by(self, uid: int) -> str:
        """Who took the rights of this uid away while the engine runs; empty if nobody did."""

    async def handle(self, request: Request[R], caller: Caller) -> R:
        """Answer a request whose role has been checked. Raises ``Problem`` with a sentence if it cannot be done."""

    def rows(self) -> Iterable[tuple[Kind, str]]:
        """Key of every row there is now: the snapshot."""

    def view(self, kind: Kind, id: str) -> View | None:
        """A row as it is now; ``None`` if it is gone."""

    def watch(self, dirty: Callable[[Kind, str], None]) -> Callable[[], None]:
        """Call ``dirty(kind, id)`` whenever a row changes, appears or goes. Returns the way to stop that."""

    def attached(self, people: tuple[PresenceView, ...]) -> None:
        """Who is attached now, told after each change."""


class Snapshot(Struct, frozen=True):
    """Everything, at one instant; what is not in it is gone."""

    rows: tuple[tuple[Kind, str, View], ...]


class Delta(Struct, frozen=True):
    """What changed since the last message: rows as they are now, and rows that went."""

    changed: tuple[tuple[Kind, str, View], ...]
    removed: tuple[tuple[Kind, str], ...] = ()


class Link(Struct, frozen=True):
    """The connection itself changed. ``latency_s`` is the last round trip, ``None`` while there is none."""

    connected: bool
    sentence: str = ""
    latency_s: float | None = None
    final: bool = False
    """The engine is there and does not want us (any more): trying again would tell a person that it is gone. No update
    follows."""


Update = Snapshot | Delta | Link


class Welcome(Struct, frozen=True):
    """What the engine said to our hello."""

    user: str
    role: Role
    client_id: str
    """Our own id among the ``PresenceView`` rows."""
    version: str


class EngineClient(Protocol):
    """An engine, from outside. One contract suite runs on every implementation."""

    async def connect(self) -> Welcome:
        """Say hello. Raises ``Problem`` if nobody answers, versions differ or the person is refused."""

    async def request(self, request: Request[R]) -> R:
        """Ask, and wait for the answer. Raises ``Problem`` with the engine's sentence."""

    def updates(self) -> AsyncIterator[Update]:
        """A snapshot, then deltas for ever. Reconnects by itself: ``Link`` tells of it, and a new snapshot follows.
        Ends with a ``final`` link when the engine refuses us."""

    async def close(self) -> None: ...
