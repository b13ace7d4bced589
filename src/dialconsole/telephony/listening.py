"""Listening to the callee in a LiveKit room until it is plain who answered.

Whoever is in the room may do it: the agent, by ``dialconsole.agentkit``, or the engine's own observer. The decision is
``MachineDetector``'s; here is only the way from the room's audio to it. The LiveKit SDK is imported when audio is
opened and not before: the engine and its tests do not need it.

Time is counted in the audio that comes, not in its arrival: a worker that is busy for a moment finds the frames waiting
and loses none. Only where no audio comes at all does the loop's clock decide, half a second late.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from dialconsole.telephony.detection import Detection
from dialconsole.telephony.speech import Ear, level_db

if TYPE_CHECKING:
    from livekit import rtc

T = TypeVar("T")

CALL_STATUS: Final = "sip.callStatus"
"""Attribute of the SIP participant: ``dialing``, ``ringing``, ``automation``, ``active``, ``hangup``."""
ACTIVE: Final = "active"
HANGUP: Final = "hangup"

KIND_SIP: Final = 3
"""``rtc.ParticipantKind.PARTICIPANT_KIND_SIP``."""
KIND_AUDIO: Final = 1
"""``rtc.TrackKind.KIND_AUDIO``."""

SAMPLE_RATE: Final = 8000
"""All that a telephone line carries of a voice's energy, at a sixth of the work of the room's 48 kHz."""
FRAME_MS: Final = 20

GRACE_S: Final = 0.5
"""How long after a deadline audio may still be under way."""

_NEWS: Final = (
    "participant_connected",
    "participant_disconnected",
    "participant_attributes_changed",
    "track_published",
    "track_subscribed",
    "track_unpublished",
    "disconnected",
)


class Unheard(Exception):
    """The call ended before it was plain who answered. ``str()`` says how, for people."""


class RoomNews:
    """Wakes whoever waits for something in a room, whatever it is that happened there: they look for themselves.

    Looking again at each news needs no order of events and misses none.
    """

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._news = asyncio.Event()

    def __enter__(self) -> Self:
        for name in _NEWS:
            self._room.on(name, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in _NEWS:
            self._room.off(name, self._note)

    def _note(self, *_: object) -> None:
        self._news.set()

    async def until(self, look: Callable[[], T | None]) -> T:
        """What ``look`` finds, as soon as it finds something. Raises ``Unheard`` when the room is closed."""
        while True:
            self._news.clear()
            found = look()
            if found is not None:
                return found
            if not self._room.isconnected():
                raise Unheard("the room was closed before anybody was heard")
            await self._news.wait()


async def who_answered(room: rtc.Room, identity: str | None, silence_after_s: float) -> Detection:
    """Wait for the callee's answer, listen, and decide. ``identity`` None: whoever comes by telephone.

    Raises ``Unheard`` when the call ends before; waits for ever for a callee who is still to come.
    """
    with RoomNews(room) as news:
        identity = await news.until(lambda: _callee_in(room, identity))
        await news.until(lambda: _answered(room, identity))
        ear = Ear(_now(), silence_after_s)
        track = await _audio(room, news, identity, ear)
        found = ear.nothing_until(_now()) if track is None else await _listen(track, ear)
        _present(room, identity)  # what ends in silence because the callee hung up is no silence
    assert found is not None
    return found


async def hear(frames: AsyncIterator[rtc.AudioFrameEvent], ear: Ear) -> Detection:
    """Listen to ``frames`` until it is decided. Raises ``Unheard`` where they end before."""
    while (deadline := ear.deadline) is not None:
        try:
            async with asyncio.timeout_at(deadline + GRACE_S):
                frame = (await anext(frames)).frame
        except TimeoutError:
            ear.nothing_until(_now())
        except StopAsyncIteration:
            raise Unheard("the callee's audio ended before it was plain who answered") from None
        else:
            ear.hear(level_db(frame.data), frame.samples_per_channel / frame.sample_rate)
    assert ear.detection is not None
    return ear.detection


async def _listen(track: rtc.Track, ear: Ear) -> Detection:
    from livekit import rtc

    stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1, frame_size_ms=FRAME_MS)
    try:
        return await hear(stream, ear)
    finally:
        await stream.aclose()


async def _audio(room: rtc.Room, news: RoomNews, identity: str, ear: Ear) -> rtc.Track | None:
    """The callee's audio; None where none comes in time. A line that never sends any is as silent as one can be."""
    assert ear.deadline is not None
    try:
        async with asyncio.timeout_at(ear.deadline + GRACE_S):
            return await news.until(lambda: _track(room, identity))
    except TimeoutError:
        return None


def _callee_in(room: rtc.Room, identity: str | None) -> str | None:
    for person in room.remote_participants.values():
        if person.identity == identity or (identity is None and person.kind == KIND_SIP):
            return person.identity
    return None


def _present(room: rtc.Room, identity: str) -> rtc.RemoteParticipant:
    callee = room.remote_participants.get(identity)
    if callee is None or callee.attributes.get(CALL_STATUS) == HANGUP:
        raise Unheard("the call ended before it was plain who answered")
    return callee


def _answered(room: rtc.Room, identity: str) -> bool | None:
    callee = _present(room, identity)
    _track(room, identity)  # subscribed while it rings, so that the first word is not missed
    return callee.attributes.get(CALL_STATUS) == ACTIVE or None


def _track(room: rtc.Room, identity: str) -> rtc.Track | None:
    """The callee's audio track, subscribed to if nobody has yet."""
    for publication in _present(room, identity).track_publications.values():
        if publication.kind == KIND_AUDIO:
            if publication.track is None and not publication.subscribed:
                publication.set_subscribed(True)
            return publication.track
    return None


def _now() -> float:
    return asyncio.get_running_loop().time()
