"""A dialed call that was lost sight of: never dialed again, looked for, followed or settled."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from contracts.backend_rig import RecordingLine
from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, Found
from dialconsole.telephony.detection import Clue, Detection, Who
from dialconsole.telephony.livekit.backend import LiveKitBackend
from dialconsole.telephony.livekit.ringing import OVERTIME_S
from kit import twirp
from kit.livekit_cast import Agent, Callee, Refusal
from kit.livekit_rig import MortalServer, backend_on, order, with_server
from kit.twirp import AGENT, CAP_S, FakeLiveKit, Fault

SLOW = Callee(rings_after_s=0.5, answers_after_s=12.0)
"""Answers in time, after 12 s."""


def _slow(_: str) -> Callee:
    return SLOW


def _never(_: str) -> Callee:
    return Callee(answers_after_s=None)


async def _placed(
    server: FakeLiveKit, until: EventKind, attempt: str = "att-1"
) -> tuple[LiveKitBackend, RecordingLine, asyncio.Task[CallEnd]]:
    """A call in progress that has come to ``until``."""
    backend, line = backend_on(server), RecordingLine()
    call = asyncio.create_task(backend.place(order(attempt=attempt), line))
    await line.reached(until)
    return backend, line, call


async def _over(server: FakeLiveKit, backend: LiveKitBackend, call: asyncio.Task[CallEnd]) -> CallEnd:
    """The end of the call; after it nothing is left, and it was dialed once."""
    end = await call
    await asyncio.sleep(3.0)
    assert len(server.dials) == 1
    assert len(backend) == 0
    assert server.rooms == {}
    await backend.close()
    return end


def test_a_hung_dial_is_one_post() -> None:
    """The server never answers the dial: one request, given up 15 s after the ring; gone, so nobody can say."""

    async def main(server: FakeLiveKit) -> None:
        server.faults["CreateSIPParticipant"].append(Fault("hang"))
        backend, line = backend_on(server), RecordingLine()
        began = asyncio.get_running_loop().time()
        end = await backend.place(order(), line)
        took_s = asyncio.get_running_loop().time() - began
        await backend.close()
        assert end.outcome is Outcome.UNKNOWN
        assert server.seen["CreateSIPParticipant"] == 1
        assert 30 + 15 + 15 < took_s < 70
        assert server.rooms == {}

    with_server(main)


def test_an_abandoned_request_that_is_answered_is_supervised() -> None:
    """The connection breaks while it rings; the phone rings on, is answered, and the call is watched to its end."""

    async def main(server: FakeLiveKit) -> None:
        backend, line, call = await _placed(server, EventKind.RINGING)
        server._cut_all()
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.ANSWERED
        assert line.kinds[3:] == [EventKind.RINGING, EventKind.ANSWERED, EventKind.HUMAN, EventKind.HANG_UP]

    with_server(main, _slow)


def test_an_answer_lost_on_its_way_is_an_answer() -> None:
    """The dial was answered and the response never arrived."""

    async def main(server: FakeLiveKit) -> None:
        server.faults["CreateSIPParticipant"].append(Fault("drop_after"))
        backend, line = backend_on(server), RecordingLine()
        end = await _over(server, backend, asyncio.create_task(backend.place(order(), line)))
        assert end.outcome is Outcome.ANSWERED
        assert line.kinds.count(EventKind.ANSWERED) == 1

    with_server(main)


def test_an_answer_is_seen_though_the_request_hangs() -> None:
    """A proxy swallows the response: a look beside the request finds the callee talking."""

    async def main(server: FakeLiveKit) -> None:
        backend, _line, call = await _placed(server, EventKind.RINGING)
        fake_call = server.rooms["att-1"].call
        assert fake_call is not None
        fake_call.reply = asyncio.get_running_loop().create_future()  # nobody waits on this one
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.ANSWERED

    with_server(main, lambda _: Callee(answers_after_s=4.0, stays_s=60.0))


@pytest.mark.parametrize("callee", [SLOW, Callee(answers_after_s=None)], ids=["answers", "never"])
def test_the_servers_limit_on_a_dial(callee: Callee, monkeypatch: pytest.MonkeyPatch) -> None:
    """``deadline_exceeded`` without metadata: the phone still rings, is followed, and answered or not by itself."""
    monkeypatch.setattr(twirp, "CAP_S", 6.0)
    assert CAP_S == 80.0

    async def main(server: FakeLiveKit) -> None:
        backend, _line, call = await _placed(server, EventKind.RINGING)
        end = await _over(server, backend, call)
        expected = Outcome.ANSWERED if callee is SLOW else Outcome.NO_ANSWER
        assert end.outcome is expected

    with_server(main, lambda _: callee)


def test_gone_long_before_the_ring_time_out_is_unknown() -> None:
    """It may have been declined, answered for a second, anything: nobody makes it up."""

    async def main(server: FakeLiveKit) -> None:
        backend, _, call = await _placed(server, EventKind.RINGING)
        server._cut_all()
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.UNKNOWN
        assert "not known" in end.detail

    declined = Refusal("permission_denied", 403, "", {"sip_status_code": "603", "sip_status": "Decline"})
    with_server(main, lambda _: Callee(refusal=declined, refuses_after_s=5.0))


def test_a_webhook_that_was_there_tells_why() -> None:
    """USER_UNAVAILABLE for a call that a look has found gone: nobody answered."""

    async def main(server: FakeLiveKit) -> None:
        backend, _, call = await _placed(server, EventKind.RINGING)
        server._cut_all()
        backend._calls["att-1"].hint = 11
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.NO_ANSWER

    unavailable = Refusal("resource_exhausted", 429, "", {"sip_status_code": "480", "sip_status": "Unavailable"})
    with_server(main, lambda _: Callee(refusal=unavailable, refuses_after_s=5.0))


def test_hanging_up_a_call_that_was_lost_sight_of() -> None:
    """It is found by its room alone."""

    async def main(server: FakeLiveKit) -> None:
        backend, line, call = await _placed(server, EventKind.RINGING)
        server._cut_all()
        await asyncio.sleep(1.0)
        await backend.hang_up("att-1")
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.CANCELLED
        assert line.kinds[-1] is EventKind.HANG_UP

    with_server(main, _never)


def test_hanging_up_while_the_server_is_away() -> None:
    """The wish is kept until somebody can be told."""

    async def main(server: FakeLiveKit) -> None:
        backend, _, call = await _placed(server, EventKind.RINGING)
        await server.go_down()
        await backend.hang_up("att-1")
        await asyncio.sleep(5.0)
        assert not call.done()
        await server.come_up()
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.CANCELLED

    with_server(main, _never)


def test_server_restarted_while_ringing() -> None:
    """Listed as dialing afterwards; answered by somebody, and watched."""

    async def main(server: FakeLiveKit) -> None:
        backend, line, call = await _placed(server, EventKind.RINGING)
        await server.go_down()
        await asyncio.sleep(3.0)
        await server.come_up()
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.ANSWERED
        assert line.kinds.count(EventKind.ANSWERED) == 1

    with_server(main, _slow)


@pytest.mark.parametrize("voice", ["human", "machine"])
def test_server_restarted_while_talking(voice: str) -> None:
    """The callee is listed as dialing, and talks: the answer stands, the call is not dialed again."""

    async def main(server: FakeLiveKit) -> None:
        until = EventKind.HUMAN if voice == "human" else EventKind.MACHINE
        backend, line, call = await _placed(server, until)
        await server.go_down()
        await asyncio.sleep(4.0)
        await server.come_up()
        end = await _over(server, backend, call)
        assert end.outcome is (Outcome.ANSWERED if voice == "human" else Outcome.VOICEMAIL)
        assert line.kinds.count(EventKind.ANSWERED) == 1
        assert EventKind.RINGING not in line.kinds[line.kinds.index(EventKind.ANSWERED) :]

    with_server(main, lambda _: Callee(voice=voice, stays_s=60.0))


def test_missing_for_a_moment_after_a_restart_is_not_gone() -> None:
    """Between the restart and the callee's return nobody is listed; that is no hang up."""

    async def main(server: FakeLiveKit) -> None:
        backend, line, call = await _placed(server, EventKind.HUMAN)
        await server.go_down()
        room = server.rooms["att-1"]
        away, room.participants = room.participants, {}
        await asyncio.sleep(4.0)
        await server._listen()
        await asyncio.sleep(8.0)
        room.participants = away
        await asyncio.sleep(10.0)
        assert not call.done()
        assert EventKind.AGENT_LOST not in line.kinds
        await backend.hang_up("att-1")
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.ANSWERED

    with_server(main, lambda _: Callee(stays_s=200.0))


def test_unreachable_for_the_grace_time_is_unknown() -> None:
    """Nobody can be asked for two minutes: kept for a person, ringing or answered."""

    async def main(server: FakeLiveKit) -> None:
        for until in (EventKind.RINGING, EventKind.HUMAN):
            backend, _, call = await _placed(server, until, attempt=f"att-{until}")
            await server.go_down()
            end = await call
            assert end.outcome is Outcome.UNKNOWN, until
            assert "could not be reached for 120 s" in end.detail
            assert end.detail.startswith("It was answered.") is (until is EventKind.HUMAN)
            await server.come_up()
            await asyncio.sleep(60.0)
            assert server.rooms == {}, "swept when the server is back"
            assert len(backend) == 0
            await backend.close()

    with_server(main, lambda _: Callee(answers_after_s=10.0, stays_s=1000.0))


def test_a_server_that_is_away_before_the_dial_rings_nobody() -> None:
    """Between the last question and the INVITE: the request never left, so it is a trunk fault and no mystery."""

    async def main(server: FakeLiveKit) -> None:
        backend, line = backend_on(server), RecordingLine()
        line.on_question = server.go_down
        end = await backend.place(order(), line)
        assert end.outcome is Outcome.TRUNK_FAULT
        assert end.detail.endswith("Nothing was dialed.")
        assert len(backend) == 1, "the room is still to be deleted"
        await server.come_up()
        await asyncio.sleep(10.0)
        assert (len(backend), server.rooms) == (0, {})
        await backend.close()

    with_server(main)


def test_a_stale_ringing_callee_is_over() -> None:
    """Listed as ringing past every ring time-out: no phone rings, the room goes."""

    async def main(server: FakeLiveKit) -> None:
        backend, _, call = await _placed(server, EventKind.RINGING)
        fake_call = server.rooms["att-1"].call
        assert fake_call is not None
        fake_call.participant.identity, stale = "elsewhere", fake_call.participant
        server._cut_all()
        server.rooms["att-1"].participants["att-1"] = type(stale)(
            identity="att-1", kind=stale.kind, state=stale.state, attributes={"sip.callStatus": "ringing"}
        )
        began = asyncio.get_running_loop().time()
        end = await _over(server, backend, call)
        assert end.outcome is Outcome.NO_ANSWER
        assert asyncio.get_running_loop().time() - began < 30 + OVERTIME_S + 5

    with_server(main, _never)


async def _orphan(server: FakeLiveKit, until: EventKind) -> tuple[LiveKitBackend, RecordingLine]:
    """The process dies at ``until``; what remains of it, to be closed."""
    backend, line, call = await _placed(server, until)
    client = backend._server
    assert isinstance(client, MortalServer)
    client.dead = True
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    return backend, line


def test_engine_and_server_restarted_under_a_talking_call() -> None:
    """Adopted as answered, though the server says dialing: the ledger knows better, and its instant is kept."""

    async def main(server: FakeLiveKit) -> None:
        dead, before = await _orphan(server, EventKind.HUMAN)
        await server.go_down()
        successor, line = backend_on(server), RecordingLine()
        assert await successor.find("att-1") is Found.UNREACHABLE
        await server.come_up()
        await asyncio.sleep(8.0)
        assert await successor.find("att-1") is Found.ALIVE
        answered_at = before.instant(EventKind.ANSWERED)
        known = order(dialed_at=before.instant(EventKind.DIALING), answered_at=answered_at)
        end = await successor.adopt(known, line)
        assert end.outcome is Outcome.ANSWERED
        assert line.kinds == [EventKind.ANSWERED, EventKind.HUMAN, EventKind.HANG_UP]
        assert line.instant(EventKind.ANSWERED) == answered_at
        assert (len(server.dials), server.rooms) == (1, {})
        await successor.close()
        await dead.close()

    with_server(main, lambda _: Callee(stays_s=60.0))


def test_an_unrecorded_answer_is_told_from_the_time() -> None:
    """The ledger never learned of the answer and the server says dialing: past its ring time-out it was answered."""

    async def main(server: FakeLiveKit) -> None:
        dead, before = await _orphan(server, EventKind.HUMAN)
        await server.go_down()
        await server.come_up()
        await asyncio.sleep(8.0)
        successor, line = backend_on(server), RecordingLine()
        end = await successor.adopt(order(dialed_at=before.instant(EventKind.DIALING)), line)
        assert end.outcome is Outcome.ANSWERED
        assert "server was restarted" in line.events[0].detail
        await successor.close()
        await dead.close()

    with_server(main, lambda _: Callee(stays_s=90.0))


def test_find_waits_for_a_dial_on_its_way() -> None:
    """The process died right after its request: the room is there, the callee not yet."""

    async def main(server: FakeLiveKit) -> None:
        dead, _ = await _orphan(server, EventKind.HUMAN)
        callee = server.rooms["att-1"].participants.pop("att-1")
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, server.rooms["att-1"].participants.__setitem__, "att-1", callee)
        successor = backend_on(server)
        assert await successor.find("att-1") is Found.ALIVE
        await successor.close()
        await dead.close()

    with_server(main, lambda _: Callee(stays_s=60.0))


def test_find_clears_away_what_is_left() -> None:
    """A room with an agent and no callee: gone, and the agent is sent home."""

    async def main(server: FakeLiveKit) -> None:
        dead, _ = await _orphan(server, EventKind.AGENT_READY)
        successor = backend_on(server)
        assert await successor.find("att-1") is Found.GONE
        assert server.rooms == {}
        await successor.close()
        await dead.close()

    with_server(main)


async def _adopted(
    server: FakeLiveKit, heard: EventKind | None, *, until: EventKind = EventKind.ANSWERED, known: bool = True
) -> tuple[CallEnd, RecordingLine, list[str]]:
    """A call whose engine died at ``until``, taken up by the next with what the ledger has; and who was listened to."""
    listened: list[str] = []

    async def listen(room: str, *_: object) -> Detection | None:
        listened.append(room)
        return Detection(Who.MACHINE, Clue.GREETING, 3.0, "spoke for 3 s")

    dead, before = await _orphan(server, until)
    await asyncio.sleep(20.0)
    successor, line = backend_on(server, listen=listen), RecordingLine()
    ledger = order(
        dialed_at=before.instant(EventKind.DIALING),
        answered_at=before.instant(EventKind.ANSWERED) if known else None,
        heard=heard,
    )
    end = await successor.adopt(ledger, line)
    assert server.rooms == {}
    await successor.close()
    await dead.close()
    return end, line, listened


MUTE = {AGENT: Agent(reports=False)}


def test_a_person_in_the_ledger_stays_one() -> None:
    """Found out by the observer, say: the agent says nothing, nobody listens again, and the talk goes on to its end."""

    async def main(server: FakeLiveKit) -> None:
        end, line, listened = await _adopted(server, EventKind.HUMAN)
        assert (end.outcome, end.detail) == (Outcome.ANSWERED, "the callee hung up")
        assert line.kinds == [EventKind.ANSWERED, EventKind.HANG_UP]
        assert (listened, server.told) == ([], [])

    with_server(main, lambda _: Callee(stays_s=60.0), MUTE)


def test_a_machine_in_the_ledger_gets_its_message() -> None:
    """And whether it was told already, the agent knows."""

    async def main(server: FakeLiveKit) -> None:
        end, line, listened = await _adopted(server, EventKind.MACHINE)
        assert (end.outcome, end.detail) == (Outcome.VOICEMAIL, "the message was left")
        assert line.kinds == [EventKind.ANSWERED, EventKind.MESSAGE, EventKind.HANG_UP]
        assert (len(server.told), listened) == (1, [])

    with_server(main, lambda _: Callee(stays_s=90.0), MUTE)


def test_a_machine_in_the_ledger_may_have_been_a_default() -> None:
    """The agent's word came late, and while no engine was there to hear it: a person."""

    async def main(server: FakeLiveKit) -> None:
        end, line, _ = await _adopted(server, EventKind.MACHINE)
        assert end.outcome is Outcome.ANSWERED
        assert line.kinds == [EventKind.ANSWERED, EventKind.HUMAN, EventKind.HANG_UP]

    with_server(main, lambda _: Callee(stays_s=60.0), {AGENT: Agent(verdict_s=12.0)})


@pytest.mark.parametrize("known", [True, False])
def test_an_answer_that_no_engine_saw_is_no_machine_for_want_of_a_word(known: bool) -> None:
    """Who answered may have been said to an engine that was dead: kept for a person, whatever ``no_verdict`` says."""

    async def main(server: FakeLiveKit) -> None:
        end, line, listened = await _adopted(server, None, known=known)
        assert end.outcome is Outcome.UNKNOWN
        assert line.kinds == [EventKind.ANSWERED, EventKind.HANG_UP]
        assert listened == [], "in the middle of a talk a person sounds like a greeting"

    with_server(main, lambda _: Callee(stays_s=60.0), MUTE)


@pytest.mark.parametrize(
    ("agent", "voice", "outcome"),
    [
        (Agent(reports=False), "human", Outcome.UNKNOWN),
        (Agent(verdict_s=25.0), "human", Outcome.ANSWERED),
        (Agent(verdict_s=25.0), "machine", Outcome.VOICEMAIL),
        (Agent(verdict_s=25.0), "silent", Outcome.UNKNOWN),
        (Agent(verdict_s=6.0), "unsure", Outcome.UNKNOWN),
    ],
    ids=["no word", "a person", "a machine", "silence", "unsure"],
)
@pytest.mark.parametrize("away_s", [1.5, 10.0])
@pytest.mark.parametrize("until", [EventKind.RINGING, EventKind.ANSWERED])
def test_the_server_away_before_the_verdict(
    until: EventKind, away_s: float, agent: Agent, voice: str, outcome: Outcome
) -> None:
    """Answered before, while or after: an agent's word counts, but neither silence nor its saying nothing does."""

    async def main(server: FakeLiveKit) -> None:
        backend, _, call = await _placed(server, until)
        await server.go_down()
        await asyncio.sleep(away_s)
        await server.come_up()
        end = await _over(server, backend, call)
        assert end.outcome is outcome

    callee = Callee(rings_after_s=0.5, answers_after_s=5.0, voice=voice, stays_s=90.0)
    with_server(main, lambda _: callee, {AGENT: agent})


def test_a_request_that_fails_is_no_loss_of_sight() -> None:
    """One look that goes wrong leaves ``no_verdict`` as it is set."""

    async def main(server: FakeLiveKit) -> None:
        backend, _, call = await _placed(server, EventKind.ANSWERED)
        server.faults["ListParticipants"].append(Fault("drop"))
        assert (await _over(server, backend, call)).outcome is Outcome.VOICEMAIL

    with_server(main, lambda _: Callee(stays_s=60.0), MUTE)


@pytest.mark.parametrize("voice", ["human", "machine"])
def test_a_second_agent_after_a_restart_is_sent_away(voice: str) -> None:
    """The server sends one more into every room: only the first is instructed, and the other one's word is none."""

    async def main(server: FakeLiveKit) -> None:
        server.agents[AGENT] = Agent(message_s=30.0)
        backend, line, call = await _placed(server, EventKind(voice))
        await server.go_down()
        server.agents[AGENT] = Agent(nonsense={"dc.callee": "machine", "dc.done": "1"})
        await asyncio.sleep(4.0)
        await server.come_up()
        await asyncio.sleep(8.0)
        assert server.removed == ["agent-2"]
        assert list(server.rooms["att-1"].participants) == ["agent-1", "att-1"]
        end = await _over(server, backend, call)
        assert end.outcome is (Outcome.ANSWERED if voice == "human" else Outcome.VOICEMAIL)
        assert EventKind.AGENT_LOST not in line.kinds
        assert line.kinds.count(EventKind.MESSAGE) == (voice == "machine")
        assert len(server.told) == (voice == "machine")

    with_server(main, lambda _: Callee(voice=voice, stays_s=60.0))


def test_the_second_agent_takes_over_if_the_first_is_gone() -> None:
    """Its worker died with the server: the one that was sent is told what is known, once the first is missed."""

    async def main(server: FakeLiveKit) -> None:
        backend, line, call = await _placed(server, EventKind.HUMAN)
        await server.go_down()
        server.rooms["att-1"].agents[0].leave()
        await server.come_up()
        assert (await _over(server, backend, call)).outcome is Outcome.ANSWERED
        assert EventKind.AGENT_LOST not in line.kinds
        assert [msgspec.json.decode(payload)["do"] for _, payload in server.told] == ["talk"]
        assert server.removed == []

    with_server(main, lambda _: Callee(stays_s=60.0))


def test_adopting_an_answered_call_that_has_just_ended() -> None:
    """Gone between the finding and the adopting: answered, as the ledger has it, and not a riddle."""

    async def main(server: FakeLiveKit) -> None:
        backend, line = backend_on(server), RecordingLine()
        end = await backend.adopt(order(dialed_at=1.0, answered_at=2.0), line)
        await backend.close()
        assert (end.outcome, line.events) == (Outcome.ANSWERED, [])

    with_server(main)
