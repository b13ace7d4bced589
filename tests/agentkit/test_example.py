"""The example worker of the docs: it is what people start with, so it runs here too."""

from __future__ import annotations

import asyncio
import importlib.util
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import pytest

from dialconsole.agentkit import AgentJob
from dialconsole.clock import run_virtual
from kit.rooms import FakeRoom, audio

FILE = Path(__file__).parent.parent.parent / "docs" / "example_agent.py"

JOB = msgspec.json.encode(AgentJob(attempt="at-1", campaign="spring", number="+12125550101")).decode()


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """The file, imported as a worker's process imports it."""
    spec = importlib.util.spec_from_file_location("example_agent", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Voice:
    """A voice that takes its time and keeps count."""

    said: list[int]

    def __init__(self) -> None:
        self.said = []

    async def say(self, words: int) -> None:
        await asyncio.sleep(words * 0.4)
        self.said.append(words)


class Context:
    """livekit-agents' context of a job, as far as the worker looks at it."""

    def __init__(self, room: FakeRoom) -> None:
        self.room = room
        self.job = SimpleNamespace(metadata=JOB)

    async def connect(self, **_: object) -> None:
        pass


def one_call(
    example: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    *spans: tuple[float, float],
    instruction: str = "",
    key_at: float | None = None,
) -> tuple[dict[str, str], list[int]]:
    """A callee who answers after two seconds and speaks then; what the worker reported, and what it said."""
    monkeypatch.setattr("livekit.rtc.AudioStream", audio(*spans))
    room, voice = FakeRoom(), Voice()

    class Joined:
        @staticmethod
        async def join(_: object) -> Voice:
            return voice

    monkeypatch.setattr(example, "Voice", Joined)

    async def body() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(2.0, lambda: room.status(room.dialed(), "active"))
        if instruction:
            packet = SimpleNamespace(data=instruction.encode(), topic="dc.engine", participant=None)
            loop.call_later(7.0, room.emit, "data_received", packet)
        if key_at is not None:
            loop.call_later(key_at, room.emit, "sip_dtmf_received", SimpleNamespace(digit="9"))
        context: Any = Context(room)
        await example.call(context)

    run_virtual(body)
    return room.local_participant.attributes, voice.said


def test_a_person_is_talked_to(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting for anybody's word."""
    attributes, said = one_call(example, monkeypatch, (0.3, 1.0))
    assert attributes["dc.callee"] == "human"
    assert attributes["dc.disposition"] == "listened to the end"
    assert (attributes["dc.done"], said) == ("done", [8])


def test_the_key_ends_the_talk(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An opt-out is reported, and the worker stops talking."""
    attributes, said = one_call(example, monkeypatch, (0.3, 1.0), key_at=5.0)
    assert attributes["dc.opt_out"] == "pressed 9"
    assert "dc.disposition" not in attributes
    assert said == []


def test_a_machine_gets_its_message_when_told(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine decides by campaign whether there is one."""
    attributes, said = one_call(example, monkeypatch, (0.3, 9.0), instruction='{"do":"leave_message"}')
    assert (attributes["dc.callee"], attributes["dc.message"], said) == ("machine", "left", [12])


def test_nobody_gets_nothing_without_a_word(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that says nothing hangs up; until then the worker is silent."""
    attributes, said = one_call(example, monkeypatch)
    assert (attributes["dc.callee"], attributes["dc.done"], said) == ("silent", "done", [])
    assert "dc.message" not in attributes


def test_an_agent_that_is_told_to_talk_talks(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine may know better: its observer heard a person."""
    attributes, said = one_call(example, monkeypatch, instruction='{"do":"talk"}')
    assert (attributes["dc.disposition"], said) == ("listened to the end", [8])


def test_load_is_by_calls(example: ModuleType) -> None:
    """A worker with as many calls as it takes reports the load at which the server sends no more."""
    server: Any = SimpleNamespace(active_jobs=[])
    assert example.load(server) == 0
    server.active_jobs = [object()] * example.CALLS
    assert example.load(server) == pytest.approx(0.7)


def test_tones_are_frames_of_20_ms_and_do_not_click(example: ModuleType) -> None:
    """0.4 s a word, within range, silent at both ends of a tone."""
    frames = list(example.speech(3))
    assert {len(frame) for frame in frames} == {320}
    assert len(frames) == 3 * 20
    samples = [sample for frame in frames for sample in frame]
    assert max(samples) <= 8000 <= max(samples) * 1.1
    assert max(abs(one - next_) for one, next_ in pairwise(samples)) < 1500
