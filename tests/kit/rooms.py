"""A LiveKit room without a server: what the rtc SDK shows of one, as far as dialconsole looks at it."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

RATE = 8000
FRAME_S = 0.02

SPOKEN = array("h", [int(8000 * math.sin(2 * math.pi * n / 16)) for n in range(int(RATE * FRAME_S))]).tobytes()
HUSHED = bytes(len(SPOKEN))


@dataclass
class FakePublication:
    kind: int = 1
    track: object | None = None
    subscribed: bool = False
    on_subscribe: Callable[[], None] = lambda: None

    def set_subscribed(self, subscribed: bool) -> None:
        self.subscribed = subscribed
        self.on_subscribe()


@dataclass
class FakeParticipant:
    identity: str
    kind: int = 3
    attributes: dict[str, str] = field(default_factory=dict)
    track_publications: dict[str, FakePublication] = field(default_factory=dict)


class FakeLocal:
    """The agent itself. ``deaf``: the server neither takes attributes nor says so, as the real one does."""

    def __init__(self, room: FakeRoom) -> None:
        self._room = room
        self.attributes: dict[str, str] = {}
        self.set: list[dict[str, str]] = []
        self.deaf = False

    async def set_attributes(self, attributes: dict[str, str]) -> None:
        self.set.append(dict(attributes))
        if not self.deaf:
            asyncio.get_running_loop().call_later(0.05, self._confirmed, dict(attributes))

    def _confirmed(self, attributes: dict[str, str]) -> None:
        self.attributes |= attributes
        self._room.emit("participant_attributes_changed", attributes, self)


class FakeRoom:
    def __init__(self) -> None:
        self.remote_participants: dict[str, FakeParticipant] = {}
        self.local_participant = FakeLocal(self)
        self.connected = True
        self.handlers: dict[str, list[Callable[..., None]]] = {}

    def on(self, event: str, handler: Callable[..., None]) -> None:
        self.handlers.setdefault(event, []).append(handler)

    def off(self, event: str, handler: Callable[..., None]) -> None:
        self.handlers[event].remove(handler)

    def emit(self, event: str, *args: Any) -> None:
        for handler in list(self.handlers.get(event, ())):
            handler(*args)

    def isconnected(self) -> bool:
        return self.connected

    def close(self) -> None:
        self.connected = False
        self.emit("disconnected")

    # what happens in it

    def dialed(self, identity: str = "at-1", kind: int = 3) -> FakeParticipant:
        """The callee's phone rings: participant and track are there already, nobody has subscribed to it."""
        callee = FakeParticipant(identity, kind, {"sip.callStatus": "ringing"})
        publication = FakePublication()

        def subscribed() -> None:
            publication.track = object()
            self.emit("track_subscribed")

        def subscribe() -> None:
            asyncio.get_running_loop().call_soon(subscribed)

        publication.on_subscribe = subscribe
        callee.track_publications["TR_1"] = publication
        self.remote_participants[identity] = callee
        self.emit("participant_connected", callee)
        return callee

    def status(self, callee: FakeParticipant, status: str) -> None:
        callee.attributes["sip.callStatus"] = status
        self.emit("participant_attributes_changed", {"sip.callStatus": status}, callee)

    def left(self, callee: FakeParticipant) -> None:
        del self.remote_participants[callee.identity]
        self.emit("participant_disconnected", callee)


@dataclass
class FakeFrame:
    data: memoryview
    sample_rate: int = RATE

    @property
    def samples_per_channel(self) -> int:
        return len(self.data)


@dataclass
class FakeEvent:
    frame: FakeFrame


class FakeAudio:
    """``rtc.AudioStream`` of a callee who speaks in ``spans`` (seconds after the stream is opened)."""

    spans: tuple[tuple[float, float], ...] = ()
    ends_after_s = 60.0
    stalls_after_s = 60.0
    opened: list[FakeAudio] = []  # noqa: RUF012  # one to a test: set by it

    def __init__(self, track: object, **how: object) -> None:
        assert track is not None
        self.how = how
        self.closed = False
        self._at = 0.0
        self.opened.append(self)

    async def __anext__(self) -> FakeEvent:
        if self._at >= self.ends_after_s:
            raise StopAsyncIteration
        if self._at >= self.stalls_after_s:
            await asyncio.Event().wait()
        await asyncio.sleep(FRAME_S)
        spoken = any(start <= self._at < stop - 1e-9 for start, stop in self.spans)
        self._at = round(self._at + FRAME_S, 6)
        return FakeEvent(FakeFrame(memoryview(SPOKEN if spoken else HUSHED).cast("h")))

    async def aclose(self) -> None:
        self.closed = True


def audio(*spans: tuple[float, float], ends_after_s: float = 60.0, stalls_after_s: float = 60.0) -> type[FakeAudio]:
    """An audio stream of a callee who speaks then."""
    members = {"spans": spans, "ends_after_s": ends_after_s, "stalls_after_s": stalls_after_s, "opened": []}
    return type("Audio", (FakeAudio,), members)
