"""Answered calls over the fake server: agents that report, that do not, that die; the last words; our own ear."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from contracts.backend_rig import RecordingLine
from dialconsole.model.agent_signals import TOPIC
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import AgentLost, NoVerdict
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.detection import Clue, Detection, Who
from kit.livekit_cast import BUSY, Agent, Callee
from kit.livekit_rig import SETTINGS, backend_on, order, with_server
from kit.twirp import AGENT, FakeLiveKit, Fault


def place(
    callee: Callee | None = None,
    agent: Agent | None = None,
    *,
    on_machine: OnMachine = OnMachine.LEAVE_MESSAGE,
    listen: object = None,
    faults: dict[str, list[Fault]] | None = None,
    **settings: object,
) -> tuple[CallEnd, RecordingLine, FakeLiveKit]:
    """One call to its end; nothing is left of it."""

    async def main(server: FakeLiveKit) -> tuple[CallEnd, RecordingLine, FakeLiveKit]:
        server.faults.update(faults or {})
        backend = backend_on(server, msgspec.structs.replace(SETTINGS, **settings), listen=listen)
        line = RecordingLine()
        end = await backend.place(order(on_machine=on_machine), line)
        await asyncio.sleep(0.01)
        assert (len(backend), server.rooms) == (0, {})
        await backend.close()
        return end, line, server

    return with_server(main, lambda _: callee or Callee(), {AGENT: agent or Agent()})


def detail(line: RecordingLine, kind: EventKind) -> str:
    return next(event.detail for event in line.events if event.kind is kind)


def test_an_agent_that_says_nothing_makes_no_person() -> None:
    """A person who talks to an agent that reports nothing counts as voicemail, and the ladder says why."""
    end, line, _ = place(Callee(stays_s=30.0), Agent(reports=False))
    assert end.outcome is Outcome.VOICEMAIL
    assert "did not say within 8 s" in detail(line, EventKind.MACHINE)
    waited_s = line.instant(EventKind.MACHINE) - line.instant(EventKind.ANSWERED)
    assert 8.0 <= waited_s < 9.0


def test_an_agent_that_says_nothing_by_setting() -> None:
    """no_verdict=unknown: the call goes on, and a person must look at it."""
    end, line, _ = place(Callee(stays_s=30.0), Agent(reports=False), no_verdict=NoVerdict.UNKNOWN)
    assert end.outcome is Outcome.UNKNOWN
    assert not {EventKind.MACHINE, EventKind.HUMAN} & set(line.kinds)


def test_the_message_is_ordered_and_awaited() -> None:
    """The agent gets one instruction on our topic; the call ends when it says that the message is left."""
    end, line, server = place(Callee(voice="machine", stays_s=60.0))
    assert end.outcome is Outcome.VOICEMAIL
    assert [(topic, msgspec.json.decode(payload)["do"]) for topic, payload in server.told] == [(TOPIC, "leave_message")]
    assert line.kinds[-2:] == [EventKind.MESSAGE, EventKind.HANG_UP]
    assert 12.0 <= line.instant(EventKind.MESSAGE) - line.instant(EventKind.MACHINE) < 15.0


def test_an_instruction_that_does_not_arrive_is_sent_again() -> None:
    """The first message is lost; the second is not, and there is no third."""
    _, line, server = place(Callee(voice="machine", stays_s=60.0), faults={"SendData": [Fault("drop")]})
    assert EventKind.MESSAGE in line.kinds
    assert len(server.told) == 1
    assert server.seen["SendData"] == 2


def test_the_message_is_cut_short() -> None:
    """By the machine, or by our own limit."""
    end, line, _ = place(Callee(voice="machine", stays_s=9.0))
    assert (end.outcome, end.detail) == (Outcome.VOICEMAIL, "the callee hung up during the message")
    assert EventKind.MESSAGE not in line.kinds
    end, _, _ = place(Callee(voice="machine", stays_s=90.0), Agent(message_s=80.0), message_s=20.0)
    assert (end.outcome, end.detail) == (Outcome.VOICEMAIL, "the message was not finished within 20 s")


def test_an_opt_out_is_told_while_they_talk() -> None:
    """Not at the end of the call: another call to the number may be about to start."""
    end, line, _ = place(Callee(opt_out="stop calling me", opt_out_after_s=6.0, stays_s=40.0))
    assert end.outcome is Outcome.ANSWERED
    assert detail(line, EventKind.OPT_OUT) == "stop calling me"
    heard_s = line.instant(EventKind.OPT_OUT) - line.instant(EventKind.ANSWERED)
    assert 6.0 <= heard_s < 9.0


def test_an_opt_out_understood_after_the_hang_up() -> None:
    """ "Never again", and the receiver is down: the agent needs a second longer than the callee."""
    end, line, _ = place(Callee(stays_s=10.0), Agent(last_words="never call again"))
    assert end.outcome is Outcome.ANSWERED
    assert detail(line, EventKind.OPT_OUT) == "never call again"
    assert EventKind.HANG_UP in line.kinds


def test_a_disposition() -> None:
    """What the conversation came to, said when it is over."""
    _, line, _ = place(Callee(stays_s=10.0), Agent(disposition="appointment confirmed"))
    assert detail(line, EventKind.DISPOSITION) == "appointment confirmed"


def test_the_agent_ends_the_call() -> None:
    """dc.done: hung up by us."""
    end, line, _ = place(Callee(stays_s=100.0), Agent(ends_after_s=9.0))
    assert (end.outcome, end.detail) == (Outcome.ANSWERED, "the agent hung up")
    assert line.instant(EventKind.HANG_UP) - line.instant(EventKind.ANSWERED) < 13.0


def test_a_worker_that_dies_in_the_conversation() -> None:
    """The call is hung up; the person was reached."""
    end, line, _ = place(Callee(stays_s=100.0), Agent(dies_after_s=10.0))
    assert end.outcome is Outcome.ANSWERED
    assert "agent was lost" in end.detail
    assert line.kinds[-2:] == [EventKind.AGENT_LOST, EventKind.HANG_UP]
    assert line.instant(EventKind.HANG_UP) - line.instant(EventKind.ANSWERED) < 16.0


def test_a_worker_that_dies_before_it_reports() -> None:
    """Nobody spoke to the callee, so nobody calls it a conversation."""
    end, _, _ = place(Callee(stays_s=100.0), Agent(dies_after_s=1.0))
    assert end.outcome is Outcome.VOICEMAIL
    assert "agent was lost" in end.detail


def test_another_agent_is_sent_for() -> None:
    """agent_lost=dispatch: a second one comes, is told that a person is there, and the call goes on."""
    callee, agent = Callee(stays_s=40.0), Agent(dies_after_s=10.0)
    end, line, server = place(callee, agent, agent_lost=AgentLost.DISPATCH)
    assert (end.outcome, end.detail) == (Outcome.ANSWERED, "the callee hung up")
    assert line.kinds.count(EventKind.AGENT_LOST) == 1
    assert server.seen["CreateDispatch"] == 1
    assert [msgspec.json.decode(payload)["do"] for _, payload in server.told] == ["talk"]


def test_another_agent_that_never_comes() -> None:
    """The dispatch finds none: hung up after the deadline for agents."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server, msgspec.structs.replace(SETTINGS, agent_lost=AgentLost.DISPATCH))
        line = RecordingLine()
        call = asyncio.create_task(backend.place(order(), line))
        await line.reached(EventKind.HUMAN)
        server.agents.clear()
        server.rooms["att-1"].agents[0].leave()
        end = await call
        assert "no other one came" in end.detail
        assert 10.0 <= line.instant(EventKind.HANG_UP) - line.instant(EventKind.AGENT_LOST) < 13.0
        await backend.close()

    with_server(main, lambda _: Callee(stays_s=200.0))


NONSENSE = {
    "dc.callee": "\x1b]0;human" * 1000,
    "dc.callee_clue": "[/bold]" * 2000,
    "dc.message": "left" * 5000,
    "dc.version": "999999999999999999999999",
    "lk.something": "x" * 20_000,
    "dc.unheard_of": "{" * 9_000,
}


def test_nonsense_in_attributes() -> None:
    """64 kB of it: no word of the contract among it, so nothing is reported, and nothing breaks."""
    assert sum(map(len, NONSENSE.values())) > 60_000
    end, line, _ = place(Callee(stays_s=20.0), Agent(reports=False, nonsense=NONSENSE))
    assert end.outcome is Outcome.VOICEMAIL
    assert all(len(event.detail) <= 200 for event in line.events)


def test_a_wish_in_nonsense_is_a_wish() -> None:
    """Text that cannot be shown as it is still means "do not call"; what is shown steers no terminal."""
    _, line, _ = place(Callee(stays_s=20.0), Agent(nonsense={"dc.opt_out": "\x1b]52;c;aGk=\x07" * 4_000}))
    _, dark, _ = place(Callee(stays_s=20.0), Agent(nonsense={"dc.opt_out": "\x1b\x00\u202e"}))
    assert "\x1b" not in detail(line, EventKind.OPT_OUT)
    assert detail(dark, EventKind.OPT_OUT) == "asked"


def test_listening_ourselves() -> None:
    """The observer decides for an agent that reports nothing, and the agent is told what to do."""

    async def listen(room: str, identity: str, silence_after_s: float, limit_s: float) -> Detection | None:
        assert (room, identity, silence_after_s, limit_s) == ("att-1", "att-1", 3.5, 38.0)
        await asyncio.sleep(5.5)  # sent with the dial, so that it is there for the first word
        return Detection(Who.HUMAN, Clue.SHORT_SPEECH, 2.0, "spoke 0.9 s, then waited")

    end, line, server = place(Callee(stays_s=20.0), Agent(reports=False), listen=listen)
    assert end.outcome is Outcome.ANSWERED
    assert detail(line, EventKind.HUMAN) == "spoke 0.9 s, then waited"
    assert [msgspec.json.decode(payload)["do"] for _, payload in server.told] == ["talk"]


@pytest.mark.parametrize("fails", [True, False])
def test_listening_that_comes_to_nothing(fails: bool) -> None:
    """No audio, or no library: the agent's word or the default decides, as without it."""

    async def listen(*_: object) -> Detection | None:
        if fails:
            raise RuntimeError("no track")
        return None

    end, _, _ = place(Callee(stays_s=12.0), listen=listen)
    assert end.outcome is Outcome.ANSWERED


def test_listening_ends_with_the_call() -> None:
    """A callee who hangs up at once leaves nobody listening."""
    stopped = []

    async def listen(*_: object) -> Detection | None:
        try:
            await asyncio.sleep(1000.0)
        finally:
            stopped.append(True)
        return None

    for callee in (Callee(stays_s=0.5), Callee(answers_after_s=None), Callee(rings_after_s=None, refusal=BUSY)):
        place(callee, listen=listen)
        assert stopped.pop()


def test_an_agent_unsure_of_who_hung_up_at_once() -> None:
    """It could not tell because nobody stayed; answered is answered."""
    end, line, _ = place(Callee(stays_s=0.4, voice="unsure"), Agent(verdict_s=0.5))
    assert end.outcome is Outcome.ANSWERED
    assert EventKind.MACHINE not in line.kinds


def test_no_agent_no_call() -> None:
    """The phone never rings; the deadline is the trunk's."""
    end, line, server = place(agent=Agent(ready_after_s=60.0), agent_ready_s=5.0)
    assert end.outcome is Outcome.AGENT_UNAVAILABLE
    assert "within 5 s" in end.detail
    assert line.kinds == [EventKind.ROOM]
    assert server.dials == []


def test_an_agent_that_does_not_listen_is_not_ready() -> None:
    """It is in the room, and still loading."""
    end, _, server = place(agent=Agent(state="initializing"))
    assert end.outcome is Outcome.AGENT_UNAVAILABLE
    assert server.dials == []


def test_a_server_that_goes_blind_is_no_missing_agent() -> None:
    """No look succeeds while the agent gets ready: the trunk's fault."""
    end, _, server = place(faults={"ListParticipants": [Fault("drop")] * 100})
    assert end.outcome is Outcome.TRUNK_FAULT
    assert server.dials == []


def test_one_failed_look_changes_nothing() -> None:
    """At any place of the call."""
    for n in range(8):
        faults = {"ListParticipants": [Fault("refuse")] * n + [Fault("drop")]}
        end, line, _ = place(Callee(stays_s=10.0), faults=faults)
        assert end.outcome is Outcome.ANSWERED, n
        assert line.kinds.count(EventKind.HUMAN) == 1
