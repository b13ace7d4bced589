"""Between an agent that listens and the INVITE lies the trunk's spacing: who waited for it is looked at once more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from contracts.backend_rig import RecordingLine
from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from kit.livekit_cast import Agent
from kit.livekit_rig import backend_on, order, with_server
from kit.twirp import AGENT, FakeLiveKit, Fault

Trouble = Callable[[FakeLiveKit], Awaitable[None]]


def place(turn_s: float, trouble: Trouble | None = None) -> tuple[CallEnd, RecordingLine, FakeLiveKit, int]:
    """One call whose turn takes so long, with ``trouble`` when it begins to wait; looks from then to the question."""

    async def main(server: FakeLiveKit) -> tuple[CallEnd, RecordingLine, FakeLiveKit, int]:
        backend, line = backend_on(server), RecordingLine(turn_s=turn_s)
        looks: list[int] = []

        async def begin() -> None:
            looks.append(server.seen["ListParticipants"])
            if trouble is not None:
                await trouble(server)

        async def asked() -> None:
            looks.append(server.seen["ListParticipants"])

        line.on_turn, line.on_question = begin, asked
        end = await backend.place(order(), line)
        await asyncio.sleep(30.0)
        assert (len(backend), server.rooms) == (0, {})
        await backend.close()
        return end, line, server, looks[-1] - looks[0]

    return with_server(main)


async def worker_dies(server: FakeLiveKit) -> None:
    server.rooms["att-1"].agents[0].leave()


async def room_closes(server: FakeLiveKit) -> None:
    server.close_room("att-1")


@pytest.mark.parametrize("trouble", [worker_dies, room_closes])
def test_an_agent_that_is_gone_rings_nobody(trouble: Trouble) -> None:
    """Nothing is dialed, nothing asked, and it counts against nobody."""
    end, line, server, _ = place(5.0, trouble)
    assert end.outcome is Outcome.AGENT_UNAVAILABLE
    assert "did not ring" in end.detail
    assert (line.kinds, line.questions) == ([EventKind.ROOM, EventKind.AGENT_READY], [])
    assert server.dials == []


@pytest.mark.parametrize(("turn_s", "looks"), [(0.0, 0), (0.9, 0), (1.5, 1), (100.0, 1)])
def test_one_look_after_a_long_wait(turn_s: float, looks: int) -> None:
    """A turn that comes soon costs no request."""
    end, _, _, made = place(turn_s)
    assert (end.outcome, made) == (Outcome.ANSWERED, looks)


def test_one_look_that_fails_is_made_again() -> None:
    """A lost packet is no lost agent."""

    async def trouble(server: FakeLiveKit) -> None:
        server.faults["ListParticipants"].append(Fault("drop"))

    end, _, _, made = place(5.0, trouble)
    assert (end.outcome, made) == (Outcome.ANSWERED, 2)


def test_a_server_that_cannot_be_asked_rings_nobody() -> None:
    """The trunk's fault: whether the agent is still there nobody knows."""

    async def trouble(server: FakeLiveKit) -> None:
        server.faults["ListParticipants"] += [Fault("drop"), Fault("drop")]

    end, line, server, _ = place(5.0, trouble)
    assert end.outcome is Outcome.TRUNK_FAULT
    assert line.questions == []
    assert server.dials == []


def test_another_agent_that_came_meanwhile_will_do() -> None:
    """The server was restarted and sent a second agent; the first is gone. That one gets the call's instructions."""

    async def trouble(server: FakeLiveKit) -> None:
        room = server.rooms["att-1"]
        server._send_agent(room, AGENT, room.dispatches[0][1])
        room.agents[0].leave()

    async def main(server: FakeLiveKit) -> None:
        backend, line = backend_on(server), RecordingLine(turn_s=5.0)
        line.on_turn = lambda: trouble(server)
        call = asyncio.create_task(backend.place(order("11"), line))
        await line.reached(EventKind.MACHINE)
        assert (await call).outcome is Outcome.VOICEMAIL
        assert len(server.told) == 1
        assert server.removed == []
        await backend.close()

    with_server(main, agents={AGENT: Agent()})
