"""What a backend under test brings along, and the line that writes down what it is told."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from enum import StrEnum

import msgspec

from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.telephony.backend import Backend, CallOrder


class Situation(StrEnum):
    """Callees that every rig can reach."""

    TALKS = "talks"
    """A person, who talks for 20 s or more."""
    GREETS = "greets"
    """A machine with a greeting of 4 s or more."""
    RINGS = "rings"
    """Rings and is never answered."""
    BUSY = "busy"


class Rig(ABC):
    """One implementation under test."""

    slack_s: float = 0.0
    """How late this implementation may be, beyond the instants that are asked of it."""
    agent_stays_s: float = 120.0
    """How long agents stay in a room without a callee."""
    quiet_s: float = 300.0
    """How long to listen for events that must not come."""

    @abstractmethod
    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        """Run a clause to its end on the right kind of event loop."""

    @abstractmethod
    def backend(self) -> Backend:
        """A new backend on this rig's network."""

    @abstractmethod
    def kill(self, backend: Backend) -> None:
        """As if the process of ``backend`` had died: its calls go on, nothing it would do happens any more."""

    @abstractmethod
    def number(self, situation: Situation) -> str: ...

    def order(self, situation: Situation, attempt: str = "att-1", **changes: object) -> CallOrder:
        order = CallOrder(attempt, self.number(situation), "+12125550199", "reminders", "main")
        return msgspec.structs.replace(order, **changes)


class RecordingLine:
    """The engine's end of a call, written down. ``answer`` is what ``may_dial`` says, ``turn_s`` its turn takes."""

    def __init__(self, answer: bool = True, *, turn_s: float = 0.0) -> None:
        self.answer = answer
        self.turn_s = turn_s
        self.turns: list[int] = []
        """For each time ``turn`` was asked: how many events came before."""
        self.questions: list[int] = []
        """For each time ``may_dial`` was asked: how many events came before."""
        self.events: list[CallEvent] = []
        self.heard: dict[EventKind, float] = {}
        """Loop time of the first event of each kind."""
        self.on_turn: Callable[[], Awaitable[None]] | None = None
        self.on_question: Callable[[], Awaitable[None]] | None = None
        self._waiting: list[tuple[EventKind, asyncio.Future[None]]] = []

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]

    def instant(self, kind: EventKind) -> float:
        return next(event.at for event in self.events if event.kind is kind)

    async def turn(self) -> None:
        self.turns.append(len(self.events))
        if self.on_turn is not None:
            await self.on_turn()
        if self.turn_s:
            await asyncio.sleep(self.turn_s)

    async def may_dial(self) -> bool:
        self.questions.append(len(self.events))
        if self.on_question is not None:
            await self.on_question()
        return self.answer

    def event(self, event: CallEvent) -> None:
        self.events.append(event)
        self.heard.setdefault(event.kind, asyncio.get_running_loop().time())
        for kind, reached in self._waiting:
            if kind is event.kind and not reached.done():
                reached.set_result(None)

    async def reached(self, kind: EventKind) -> None:
        """Wait for the first event of this kind."""
        if kind in self.kinds:
            return
        reached = asyncio.get_running_loop().create_future()
        self._waiting.append((kind, reached))
        await reached
