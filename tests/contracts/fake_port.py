"""A small engine for the control tests: rows in a dictionary, and a few requests it can answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec import structs

from dialconsole.control.port import EnginePort
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.request.campaigns import CreateCampaign, PauseAll, PauseCampaign, StartCampaign
from dialconsole.model.request.looking import GetStatus, ListTrunks, StatusReport
from dialconsole.model.request.optouts import ListOptOuts, OptOutPage
from dialconsole.model.request.request import Caller, Done, Request
from dialconsole.model.request.trunks import SetLimits
from dialconsole.model.view import AlertView, EngineView, Kind, PresenceView, Role, TrunkView, View

R = TypeVar("R")

ENGINE = EngineView(
    workspace="clinic",
    path="/clinic",
    pid=1,
    version="0.1.0",
    demo=False,
    backend="fake",
    now=0.0,
    rate=1.0,
    zone="UTC",
)


def alert(id: str, sentence: str = "all is well") -> AlertView:
    return AlertView(id=id, at=1.0, severity="info", sentence=sentence)


class FakePort:
    """``EnginePort``. Tests change ``rows`` with ``set`` and ``drop``, and hold requests back with ``gate``."""

    def __init__(self, role: Role | None = Role.ADMIN) -> None:
        self.role = role
        self.table: dict[tuple[Kind, str], View] = {(Kind.ENGINE, "engine"): ENGINE}
        self.people: tuple[PresenceView, ...] = ()
        self.people_changed = asyncio.Event()
        self.asked: list[tuple[Request[Any], Caller]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.finished = asyncio.Event()
        self.watchers: list[Callable[[Kind, str], None]] = []
        self.viewed = 0
        self._was_asked = asyncio.Event()

    # -- EnginePort --

    def role_of(self, uid: int) -> tuple[str, Role] | None:
        return None if self.role is None else ("maria", self.role)

    def taken_away_by(self, uid: int) -> str:
        return "root" if self.role is None else ""

    async def handle(self, request: Request[R], caller: Caller) -> R:
        self.asked.append((request, caller))
        self.entered.set()
        self._was_asked.set()
        try:
            result: R = await self._do(request)  # type: ignore[assignment]
            return result
        finally:
            self.finished.set()

    def rows(self) -> Iterable[tuple[Kind, str]]:
        return iter(self.table)

    def view(self, kind: Kind, id: str) -> View | None:
        self.viewed += 1
        return self.table.get((kind, id))

    def watch(self, dirty: Callable[[Kind, str], None]) -> Callable[[], None]:
        self.watchers.append(dirty)
        return lambda: self.watchers.remove(dirty)

    def attached(self, people: tuple[PresenceView, ...]) -> None:
        self.people = people
        self.people_changed.set()

    # -- what tests do to it --

    def set(self, kind: Kind, id: str, view: View) -> None:
        self.table[kind, id] = view
        for watcher in tuple(self.watchers):
            watcher(kind, id)

    def drop(self, kind: Kind, id: str) -> None:
        del self.table[kind, id]
        for watcher in tuple(self.watchers):
            watcher(kind, id)

    async def until_asked(self, wanted: int) -> None:
        while len(self.asked) < wanted:
            self._was_asked.clear()
            await self._was_asked.wait()

    async def until_people(self, wanted: int) -> None:
        while len(self.people) != wanted:
            self.people_changed.clear()
            await self.people_changed.wait()

    async def _do(self, request: Request[Any]) -> object:
        match request:
            case GetStatus():
                trunks = tuple(v for v in self.table.values() if isinstance(v, TrunkView))
                return StatusReport(engine=ENGINE, campaigns=(), trunks=trunks, people=self.people)
            case SetLimits():
                view = self.table[Kind.TRUNK, request.name]
                self.set(Kind.TRUNK, request.name, structs.replace(view, limits=request.limits))
                return Done(sentence=f"{request.name} has new limits.")
            case StartCampaign(name="slow"):
                await self.gate.wait()
                return Done(sentence="slow runs now.")
            case PauseCampaign():
                raise Problem(f"There is no campaign called {request.name}.", code="not_found")
            case PauseAll():
                raise ZeroDivisionError("a fault of ours")
            case ListOptOuts():
                entry = OptOut(
                    number="+12125550143", source=OptOutSource.OPERATOR, reason="x" * 200, by="maria", at=1.0
                )
                return OptOutPage(entries=(entry,) * request.limit, total=request.limit)
            case CreateCampaign():
                return Done(sentence=f"{request.campaign.name} is a draft.")
            case ListTrunks():
                return ("no trunk at all",)
            case _:
                raise AssertionError(f"the fake engine cannot answer {request}")


def typed(port: FakePort) -> EnginePort:
    """Held by the type checker: the fake is an ``EnginePort``."""
    return port
