"""From a room to a decision: waiting for the callee, the answer and the audio, and every way in which a call ends."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from dialconsole.clock import run_virtual
from dialconsole.telephony.detection import Clue, Detection, Who
from dialconsole.telephony.listening import RoomNews, Unheard, who_answered
from kit.rooms import FakeAudio, FakeRoom, audio


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the callee's audio is."""

    def set_up(stream: type[FakeAudio]) -> type[FakeAudio]:
        monkeypatch.setattr("livekit.rtc.AudioStream", stream)
        return stream

    return set_up


def run(room: FakeRoom, *steps: tuple[float, str], identity: str | None = "at-1") -> tuple[Detection, float]:
    """The decision, and when it was made, in a room where these things happen at these instants."""

    async def body() -> tuple[Detection, float]:
        loop = asyncio.get_running_loop()
        for at, step in steps:
            loop.call_later(at, _step, room, step)
        found = await who_answered(cast(Any, room), identity, 3.5)
        return found, loop.time()

    return run_virtual(body)


def _step(room: FakeRoom, step: str) -> None:
    if step == "dialed":
        room.dialed()
    elif step == "closed":
        room.close()
    elif step == "left":
        room.left(room.remote_participants["at-1"])
    else:
        room.status(room.remote_participants["at-1"], step)


def test_a_person_is_heard_from_the_answer_on(heard: Any) -> None:
    """A word half a second after the answer, then a wait: a person, however long it rang."""
    stream = heard(audio((0.5, 1.2)))
    found, at = run(FakeRoom(), (1.0, "dialed"), (9.0, "active"))
    assert (found.who, found.clue) == (Who.HUMAN, Clue.SHORT_SPEECH)
    assert found.at == pytest.approx(9.0 + 1.7, abs=0.05)
    assert at == pytest.approx(found.at, abs=0.05)
    (opened,) = stream.opened
    assert opened.closed
    assert opened.how == {"sample_rate": 8000, "num_channels": 1, "frame_size_ms": 20}


def test_a_greeting_is_a_machine(heard: Any) -> None:
    """Told as soon as 2.5 s of it are over."""
    heard(audio((0.3, 9.0)))
    found, at = run(FakeRoom(), (0.1, "dialed"), (2.0, "active"))
    assert found.clue is Clue.GREETING
    assert at == pytest.approx(2.0 + 2.8, abs=0.1)


def test_silence_is_told_at_its_time(heard: Any) -> None:
    """Three and a half seconds of audio without speech."""
    heard(audio())
    found, at = run(FakeRoom(), (0.1, "dialed"), (2.0, "active"))
    assert found.clue is Clue.SILENT
    assert at == pytest.approx(5.5, abs=0.1)


def test_a_stream_that_stalls_is_silent_too(heard: Any) -> None:
    """Where no audio comes the clock decides, half a second late."""
    heard(audio(stalls_after_s=1.0))
    found, at = run(FakeRoom(), (0.1, "dialed"), (2.0, "active"))
    assert (found.clue, found.at) == (Clue.SILENT, 5.5)
    assert at == pytest.approx(6.0, abs=0.01)


def test_a_callee_without_a_track_is_silent() -> None:
    """No stream is ever opened, and the decision comes all the same."""
    room = FakeRoom()

    def no_audio() -> None:
        room.dialed().track_publications.clear()

    async def body() -> Detection:
        asyncio.get_running_loop().call_later(0.5, no_audio)
        asyncio.get_running_loop().call_later(1.0, _step, room, "active")
        return await who_answered(cast(Any, room), None, 3.5)

    assert run_virtual(body).clue is Clue.SILENT


def test_whoever_comes_by_telephone_is_the_callee(heard: Any) -> None:
    """Without an identity the participant of kind SIP is listened to, and no other."""
    heard(audio((0.2, 0.8)))
    room = FakeRoom()
    room.dialed("supervisor", kind=0).attributes["sip.callStatus"] = "active"
    found, _ = run(room, (0.5, "dialed"), (1.0, "active"), identity=None)
    assert found.who is Who.HUMAN


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([(1.0, "closed")], "the room was closed before anybody was heard"),
        ([(0.5, "dialed"), (1.0, "left")], "the call ended before it was plain who answered"),
        ([(0.5, "dialed"), (1.0, "closed")], "the room was closed before anybody was heard"),
        ([(0.5, "dialed"), (1.0, "active"), (2.0, "left")], "the call ended before it was plain who answered"),
        ([(0.5, "dialed"), (1.0, "active"), (2.0, "hangup")], "the call ended before it was plain who answered"),
    ],
)
def test_a_call_that_ends_before_is_not_silence(heard: Any, steps: list[tuple[float, str]], sentence: str) -> None:
    """Nobody spoke because nobody was there any more; that is said and not taken for a machine."""
    heard(audio())
    with pytest.raises(Unheard, match=sentence):
        run(FakeRoom(), *steps)


def test_audio_that_ends_before_is_not_silence(heard: Any) -> None:
    """The track is gone in the middle of a word."""
    stream = heard(audio((0.2, 9.0), ends_after_s=1.0))
    with pytest.raises(Unheard, match="the callee's audio ended"):
        run(FakeRoom(), (0.5, "dialed"), (1.0, "active"))
    assert stream.opened[0].closed


def test_no_listener_stays_behind(heard: Any) -> None:
    """A room that lives on after the decision has nobody on its bells."""
    heard(audio())
    room = FakeRoom()
    run(room, (0.5, "dialed"), (1.0, "active"))
    assert not any(room.handlers.values())


async def test_news_that_come_while_looking_are_not_missed() -> None:
    """What happens during a look makes another look."""
    room = FakeRoom()
    looks: list[int] = []

    def look() -> bool | None:
        looks.append(1)
        if len(looks) == 1:
            room.emit("track_published")
            return None
        return True

    with RoomNews(cast(Any, room)) as news:
        assert await asyncio.wait_for(news.until(look), 1)
    assert len(looks) == 2
