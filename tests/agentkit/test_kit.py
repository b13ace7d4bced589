"""An agent's line to the engine: what it reports stands, what it is told reaches it, and nothing gets lost silently."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest

from dialconsole.agentkit import AgentJob, AgentKit, Callee, CalleeKind, Deed, Problem
from dialconsole.clock import run_virtual
from dialconsole.model.text import MAX_TEXT
from kit.rooms import FakeRoom, audio

JOB = AgentJob(attempt="at-1", campaign="spring", number="+12125550101")


@dataclass
class Packet:
    data: bytes
    topic: str = "dc.engine"
    participant: object | None = None


@dataclass
class Key:
    digit: str


def in_room(do: Callable[[AgentKit, FakeRoom], Awaitable[None]]) -> FakeRoom:
    """Do something with a kit in a room; the room as it is then."""
    room = FakeRoom()

    async def body() -> None:
        await do(AgentKit(cast(Any, room), JOB), room)

    run_virtual(body)
    return room


def test_ready_says_that_the_agent_listens() -> None:
    """In the attribute in which livekit-agents says it, with the version of the contract beside."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        await kit.ready()

    assert in_room(do).local_participant.attributes == {"lk.agent.state": "listening", "dc.version": "1"}


@pytest.mark.parametrize(
    ("spans", "kind", "clue"),
    [
        (((0.3, 1.0),), CalleeKind.HUMAN, "spoke 0.7 s, then waited"),
        (((0.3, 8.0),), CalleeKind.MACHINE, "more than 2.5 s of speech without a pause"),
        ((), CalleeKind.SILENT, "no speech within 3.5 s of the answer"),
    ],
)
def test_who_answered_is_found_out_and_reported(
    monkeypatch: pytest.MonkeyPatch, spans: tuple[tuple[float, float], ...], kind: CalleeKind, clue: str
) -> None:
    """By the energy of speech; the engine reads the same that the worker gets."""
    monkeypatch.setattr("livekit.rtc.AudioStream", audio(*spans))
    found: list[Callee] = []

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, lambda: room.status(room.dialed(), "active"))
        found.append(await kit.who_answered())

    attributes = in_room(do).local_participant.attributes
    assert found == [Callee(kind, clue)]
    assert found[0].is_human == (kind is CalleeKind.HUMAN)
    assert (attributes["dc.callee"], attributes["dc.callee_clue"]) == (kind.value, clue)


def test_silence_is_as_long_as_the_job_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The campaign's setting, not the kit's."""
    monkeypatch.setattr("livekit.rtc.AudioStream", audio())
    room = FakeRoom()

    async def body() -> str:
        job = AgentJob(attempt="at-1", campaign="spring", number="+12125550101", silence_after_s=3.0)
        asyncio.get_running_loop().call_later(1.0, lambda: room.status(room.dialed(), "active"))
        return (await AgentKit(cast(Any, room), job).who_answered()).clue

    assert run_virtual(body) == "no speech within 3 s of the answer"


def test_a_callee_who_hung_up_before_is_unsure() -> None:
    """Never a person, and never an exception in the worker."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        callee = room.dialed()
        asyncio.get_running_loop().call_later(1.0, room.left, callee)
        assert (await kit.who_answered()).kind is CalleeKind.UNSURE

    assert in_room(do).local_participant.attributes["dc.callee"] == "unsure"


def test_a_room_that_is_closed_is_reported_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """No request to a server that is gone, no wait; one line in the log."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        asyncio.get_running_loop().call_later(1.0, room.close)
        assert (await kit.who_answered()).kind is CalleeKind.UNSURE
        assert asyncio.get_running_loop().time() == pytest.approx(1.0, abs=0.01)

    assert in_room(do).local_participant.set == []
    assert "Not reported" in caplog.text


def test_an_opt_out_is_never_empty() -> None:
    """The engine takes anything but an empty text for an opt-out; an agent without words has asked for one too."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        assert not kit.opted_out
        await kit.opt_out("  ")
        assert kit.opted_out

    assert in_room(do).local_participant.attributes["dc.opt_out"] == "asked not to be called again"


def test_words_from_outside_are_made_safe_and_short() -> None:
    """A callee's words reach terminals: no escapes, no end of them."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        await kit.opt_out("stop\x1b[31m calling " + "me " * 20_000)

    words = in_room(do).local_participant.attributes["dc.opt_out"]
    assert words.startswith("stop[31m calling me")
    assert len(words) <= MAX_TEXT


def test_an_opt_out_that_does_not_arrive_is_an_error() -> None:
    """The server took nothing for a minute: the worker is told, in a sentence with the attempt and the words."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        room.local_participant.deaf = True
        with pytest.raises(Problem, match=r"call at-1 did not reach the engine.*stop calling"):
            await kit.opt_out("stop calling")
        assert 60 <= asyncio.get_running_loop().time() < 65

    in_room(do)


def test_a_report_waits_for_a_server_that_comes_back() -> None:
    """A request that nobody confirms is made again."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        room.local_participant.deaf = True
        asyncio.get_running_loop().call_later(30, lambda: setattr(room.local_participant, "deaf", False))
        await kit.opt_out("no more")

    local = in_room(do).local_participant
    assert local.attributes["dc.opt_out"] == "no more"
    assert len(local.set) == 16  # every two seconds until the thirtieth


def test_other_reports_are_given_up_soon(caplog: pytest.LogCaptureFixture) -> None:
    """A call does not hang on a disposition."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        room.local_participant.deaf = True
        await kit.disposition("confirmed")
        assert asyncio.get_running_loop().time() <= 6.1

    in_room(do)
    assert "dc.disposition" in caplog.text


def test_a_reconnected_agent_says_everything_again() -> None:
    """It has joined anew, with its first attributes."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        await kit.report(Callee(CalleeKind.HUMAN, "said hello"))
        await kit.disposition("confirmed")
        room.local_participant.attributes.clear()
        room.emit("reconnected")
        await asyncio.sleep(1)

    assert in_room(do).local_participant.attributes == {
        "dc.version": "1",
        "dc.callee": "human",
        "dc.callee_clue": "said hello",
        "dc.disposition": "confirmed",
    }


def test_message_tells_how_it_goes() -> None:
    """Speaking, then left."""
    states: list[str] = []

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        async with kit.message():
            states.append(room.local_participant.attributes["dc.message"])
        states.append(room.local_participant.attributes["dc.message"])

    in_room(do)
    assert states == ["speaking", "left"]


def test_a_message_that_breaks_off_has_failed() -> None:
    """The error stays the worker's, the engine is told."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        with pytest.raises(ZeroDivisionError):
            async with kit.message():
                raise ZeroDivisionError

    assert in_room(do).local_participant.attributes["dc.message"] == "failed"


def test_done_is_never_empty() -> None:
    """With a reason or without."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        await kit.done()

    assert in_room(do).local_participant.attributes["dc.done"] == "done"


def test_done_carries_what_has_not_arrived_yet() -> None:
    """The engine deletes the room when the agent is done: an opt-out that was lost on the way comes with it."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        room.local_participant.deaf = True
        opting = asyncio.ensure_future(kit.opt_out("no more"))
        await asyncio.sleep(0.1)
        room.local_participant.deaf = False
        await kit.done()
        assert room.local_participant.set[-1] == {"dc.version": "1", "dc.opt_out": "no more", "dc.done": "done"}
        await opting

    in_room(do)


def test_a_key_opts_out() -> None:
    """The ninth key does, the others do not."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        kit.opt_out_on_key("9")
        room.emit("sip_dtmf_received", Key("1"))
        await asyncio.sleep(1)
        assert not kit.opted_out
        room.emit("sip_dtmf_received", Key("9"))
        await asyncio.sleep(1)
        assert kit.opted_out

    assert in_room(do).local_participant.attributes["dc.opt_out"] == "pressed 9"


def test_a_key_that_nobody_hears_of_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """There is nobody to raise to, and still it must not be lost in silence."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        room.local_participant.deaf = True
        kit.opt_out_on_key("9")
        room.emit("sip_dtmf_received", Key("9"))
        await asyncio.sleep(100)

    in_room(do)
    assert [record.levelno for record in caplog.records][-1] == logging.ERROR
    assert "Enter it by hand" in caplog.text


def test_an_opt_out_ends_what_is_said() -> None:
    """Talk is cancelled when the callee opts out; talk that ends before is not."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        assert await kit.until_opt_out(asyncio.sleep(5))
        asyncio.get_running_loop().call_later(2, lambda: room.emit("sip_dtmf_received", Key("9")))
        kit.opt_out_on_key("9")
        assert not await kit.until_opt_out(asyncio.sleep(50))
        assert asyncio.get_running_loop().time() == pytest.approx(7.0, abs=0.01)

    in_room(do)


def test_an_error_in_what_is_said_is_the_workers() -> None:
    """It is not swallowed on the way."""

    async def broken() -> None:
        raise ZeroDivisionError

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        with pytest.raises(ZeroDivisionError):
            await kit.until_opt_out(broken())

    in_room(do)


def test_an_instruction_reaches_the_worker_once() -> None:
    """The engine repeats itself when it does not know whether it was heard."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        for _ in range(2):
            room.emit("data_received", Packet(b'{"do":"leave_message","v":"1"}'))
        assert await kit.instruction() is Deed.LEAVE_MESSAGE
        assert await kit.instruction(within_s=5) is None
        assert asyncio.get_running_loop().time() == pytest.approx(5.0, abs=0.01)

    in_room(do)


def test_a_call_that_is_over_has_no_instruction() -> None:
    """The wait ends with the room."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        asyncio.get_running_loop().call_later(2, room.close)
        assert await kit.instruction(within_s=60) is None
        assert asyncio.get_running_loop().time() == pytest.approx(2.0, abs=0.01)

    in_room(do)


@pytest.mark.parametrize(
    "packet",
    [
        Packet(b'{"do":"leave_message"}', participant="somebody"),
        Packet(b'{"do":"leave_message"}', topic="chat"),
        Packet(b'{"do":"hum a tune"}'),
        Packet(b"\xff\xfe" * 1000),
        Packet(b""),
    ],
)
def test_only_the_engine_instructs(packet: Packet) -> None:
    """What comes from somebody in the room, on another topic, or makes no sense is left out."""

    async def do(kit: AgentKit, room: FakeRoom) -> None:
        room.emit("data_received", packet)
        assert await kit.instruction(within_s=1) is None

    in_room(do)
