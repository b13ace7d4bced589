"""What every backend promises, whoever places its calls. Run on each implementation.

An implementation brings a ``Rig``: how to run a coroutine, make the backend, reach callees who do known things, and
end a process while its calls go on. Each clause is a coroutine over a rig; a test module runs them all::

    @pytest.mark.parametrize("clause", CLAUSES, ids=clause_name)
    def test_contract(clause: Clause) -> None:
        rig = MyRig()
        rig.run(lambda: clause(rig))
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import msgspec

from contracts.backend_rig import RecordingLine, Rig, Situation
from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony.backend import CallEnd, CallOrder, Found

Clause = Callable[[Rig], Awaitable[None]]
CLAUSES: list[Clause] = []


def clause(function: Clause) -> Clause:
    CLAUSES.append(function)
    return function


def clause_name(function: Clause) -> str:
    return getattr(function, "__name__", "clause")


async def _hang_up_at(rig: Rig, situation: Situation, kind: EventKind) -> tuple[RecordingLine, CallEnd, Found]:
    """Place a call, hang up at the first event of ``kind``; line, end, and what ``find`` says afterwards."""
    backend, line = rig.backend(), RecordingLine()
    order = rig.order(situation)
    call = asyncio.create_task(backend.place(order, line))
    await line.reached(kind)
    await backend.hang_up(order.attempt)
    end = await asyncio.wait_for(call, rig.slack_s + 1.0)
    found = await backend.find(order.attempt)
    await backend.close()
    return line, end, found


@clause
async def answered_call_tells_its_steps_in_order(rig: Rig) -> None:
    """Room, agent, dialing, ringing, answered, human, hang up: once each, at instants that never go back."""
    backend, line = rig.backend(), RecordingLine()
    end = await backend.place(rig.order(Situation.TALKS), line)
    await backend.close()
    assert line.kinds == [
        EventKind.ROOM,
        EventKind.AGENT_READY,
        EventKind.DIALING,
        EventKind.RINGING,
        EventKind.ANSWERED,
        EventKind.HUMAN,
        EventKind.HANG_UP,
    ]
    instants = [event.at for event in line.events]
    assert instants == sorted(instants)
    assert end.outcome is Outcome.ANSWERED


@clause
async def may_dial_is_asked_once_right_before_dialing(rig: Rig) -> None:
    """Turn and last question come when the agent is ready, in this order, and the very next step is the INVITE."""
    for situation in Situation:
        backend, line = rig.backend(), RecordingLine()
        await backend.place(rig.order(situation, attempt=f"att-{situation}"), line)
        await backend.close()
        assert line.turns == line.questions == [line.kinds.index(EventKind.DIALING)], situation
        assert line.kinds[line.questions[0] - 1] is EventKind.AGENT_READY, situation


@clause
async def a_no_to_may_dial_never_dials(rig: Rig) -> None:
    """The call is cancelled, nothing rings, and nothing is left behind."""
    backend, line = rig.backend(), RecordingLine(answer=False)
    order = rig.order(Situation.TALKS)
    end = await backend.place(order, line)
    assert end.outcome is Outcome.CANCELLED
    await asyncio.sleep(rig.quiet_s)
    assert line.kinds == [EventKind.ROOM, EventKind.AGENT_READY]
    assert line.questions == [2]
    assert await backend.find(order.attempt) is Found.GONE
    await backend.close()


@clause
async def a_turn_may_take_its_time(rig: Rig) -> None:
    """A call that waits long for the trunk's spacing is dialed like any other, and asked after the wait."""
    backend, line = rig.backend(), RecordingLine(turn_s=45.0)
    asked_at: list[float] = []

    async def note() -> None:
        asked_at.append(asyncio.get_running_loop().time())

    line.on_question = note
    end = await backend.place(rig.order(Situation.TALKS), line)
    await backend.close()
    assert end.outcome is Outcome.ANSWERED
    assert asked_at[0] - line.heard[EventKind.AGENT_READY] >= 45.0
    assert line.heard[EventKind.DIALING] == asked_at[0]


@clause
async def no_phone_rings_when_the_agent_has_left(rig: Rig) -> None:
    """A turn that comes after agents go home: nothing is asked, nothing dialed, and it is no attempt."""
    backend, line = rig.backend(), RecordingLine(turn_s=rig.agent_stays_s + 10.0)
    order = rig.order(Situation.TALKS)
    end = await backend.place(order, line)
    assert end.outcome is Outcome.AGENT_UNAVAILABLE
    assert line.kinds == [EventKind.ROOM, EventKind.AGENT_READY]
    assert line.questions == []
    assert await backend.find(order.attempt) is Found.GONE
    await backend.close()


@clause
async def hang_up_during_the_turn_never_dials(rig: Rig) -> None:
    """Hung up while it waits for the spacing: cancelled, and the last question is not asked."""
    backend, line = rig.backend(), RecordingLine()
    order = rig.order(Situation.TALKS)
    line.on_turn = lambda: backend.hang_up(order.attempt)
    end = await backend.place(order, line)
    assert end.outcome is Outcome.CANCELLED
    assert line.questions == []
    assert await backend.find(order.attempt) is Found.GONE
    await backend.close()


@clause
async def each_situation_has_its_outcome(rig: Rig) -> None:
    """Person, machine, ringing in vain, busy."""
    backend = rig.backend()
    expected = {
        Situation.TALKS: Outcome.ANSWERED,
        Situation.GREETS: Outcome.VOICEMAIL,
        Situation.RINGS: Outcome.NO_ANSWER,
        Situation.BUSY: Outcome.BUSY,
    }
    for situation, outcome in expected.items():
        end = await backend.place(rig.order(situation, attempt=f"att-{situation}"), RecordingLine())
        assert end.outcome is outcome, situation
    await backend.close()


@clause
async def busy_tells_code_and_phrase(rig: Rig) -> None:
    """What the carrier said is in the end, not only what we made of it."""
    backend = rig.backend()
    end = await backend.place(rig.order(Situation.BUSY), RecordingLine())
    await backend.close()
    assert (end.sip_code, end.sip_reason) == (486, "Busy Here")


@clause
async def nothing_is_told_after_the_end(rig: Rig) -> None:
    """Once ``place`` has returned, the line stays silent."""
    for situation in Situation:
        backend, line = rig.backend(), RecordingLine()
        await backend.place(rig.order(situation, attempt=f"att-{situation}"), line)
        told = len(line.events)
        await asyncio.sleep(rig.quiet_s)
        assert len(line.events) == told, situation
        await backend.close()


@clause
async def hang_up_while_preparing_never_dials(rig: Rig) -> None:
    """Hung up before the agent is ready: cancelled, no INVITE, no question."""
    line, end, found = await _hang_up_at(rig, Situation.TALKS, EventKind.ROOM)
    assert end.outcome is Outcome.CANCELLED
    assert EventKind.DIALING not in line.kinds
    assert line.questions == []
    assert found is Found.GONE


@clause
async def hang_up_during_the_last_question_never_dials(rig: Rig) -> None:
    """A yes that comes after the hang up is too late."""
    backend, line = rig.backend(), RecordingLine()
    order = rig.order(Situation.TALKS)
    line.on_question = lambda: backend.hang_up(order.attempt)
    end = await backend.place(order, line)
    assert end.outcome is Outcome.CANCELLED
    assert EventKind.DIALING not in line.kinds
    assert await backend.find(order.attempt) is Found.GONE
    await backend.close()


@clause
async def hang_up_while_ringing_is_cancelled(rig: Rig) -> None:
    """Nobody had answered, so it counts as ended by us."""
    line, end, found = await _hang_up_at(rig, Situation.RINGS, EventKind.RINGING)
    assert end.outcome is Outcome.CANCELLED
    assert EventKind.ANSWERED not in line.kinds
    assert found is Found.GONE


@clause
async def hang_up_before_the_voice_is_known_is_answered(rig: Rig) -> None:
    """Answered is answered, even if nobody has spoken yet."""
    _, end, found = await _hang_up_at(rig, Situation.TALKS, EventKind.ANSWERED)
    assert end.outcome is Outcome.ANSWERED
    assert found is Found.GONE


@clause
async def hang_up_while_talking_is_answered(rig: Rig) -> None:
    """The talk is cut, the outcome stays."""
    line, end, found = await _hang_up_at(rig, Situation.TALKS, EventKind.HUMAN)
    assert end.outcome is Outcome.ANSWERED
    assert line.kinds[-1] is EventKind.HANG_UP
    assert found is Found.GONE


@clause
async def hang_up_on_a_machine_is_voicemail(rig: Rig) -> None:
    """Hung up while the message is being left: no message, but a voicemail."""
    line, end, found = await _hang_up_at(rig, Situation.GREETS, EventKind.MACHINE)
    assert end.outcome is Outcome.VOICEMAIL
    assert EventKind.MESSAGE not in line.kinds
    assert found is Found.GONE


@clause
async def hanging_up_what_is_not_there_is_ignored(rig: Rig) -> None:
    """Unknown attempts, and calls that are over, are no error."""
    backend = rig.backend()
    await backend.hang_up("att-nobody")
    order = rig.order(Situation.BUSY)
    await backend.place(order, RecordingLine())
    await backend.hang_up(order.attempt)
    await backend.close()


@clause
async def cancelling_place_hangs_up(rig: Rig) -> None:
    """In each phase a cancelled task leaves no call behind."""
    for kind in (EventKind.ROOM, EventKind.RINGING, EventKind.HUMAN):
        backend, line = rig.backend(), RecordingLine()
        order = rig.order(Situation.TALKS, attempt=f"att-{kind}")
        call = asyncio.create_task(backend.place(order, line))
        await line.reached(kind)
        call.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await call
        assert call.cancelled()
        await asyncio.sleep(rig.slack_s)
        assert await backend.find(order.attempt) is Found.GONE, kind
        await backend.close()


@clause
async def the_ring_time_out_is_kept(rig: Rig) -> None:
    """No phone rings longer than ordered, counted from the INVITE: the calling window depends on it."""
    backend, line = rig.backend(), RecordingLine()
    end = await backend.place(rig.order(Situation.RINGS, ring_timeout_s=15.0), line)
    rang_s = asyncio.get_running_loop().time() - line.heard[EventKind.DIALING]
    await backend.close()
    assert end.outcome is Outcome.NO_ANSWER
    assert abs(rang_s - 15.0) <= rig.slack_s + 0.001
    assert line.kinds[-1] is EventKind.RINGING


@clause
async def long_calls_are_cut(rig: Rig) -> None:
    """After ``max_call_s`` the call is hung up, and was answered all the same."""
    backend, line = rig.backend(), RecordingLine()
    end = await backend.place(rig.order(Situation.TALKS, max_call_s=6.0), line)
    await backend.close()
    assert end.outcome is Outcome.ANSWERED
    assert abs(line.instant(EventKind.HANG_UP) - line.instant(EventKind.ANSWERED) - 6.0) <= rig.slack_s + 0.001


@clause
async def a_machine_gets_the_message(rig: Rig) -> None:
    """Leave a message: the greeting is heard out, the message left, then we hang up."""
    backend, line = rig.backend(), RecordingLine()
    end = await backend.place(rig.order(Situation.GREETS, on_machine=OnMachine.LEAVE_MESSAGE), line)
    await backend.close()
    assert end.outcome is Outcome.VOICEMAIL
    assert line.kinds[-3:] == [EventKind.MACHINE, EventKind.MESSAGE, EventKind.HANG_UP]


@clause
async def a_machine_is_hung_up_on(rig: Rig) -> None:
    """Hang up: at once, without a message."""
    backend, line = rig.backend(), RecordingLine()
    end = await backend.place(rig.order(Situation.GREETS, on_machine=OnMachine.HANG_UP), line)
    await backend.close()
    assert end.outcome is Outcome.VOICEMAIL
    assert line.kinds[-2:] == [EventKind.MACHINE, EventKind.HANG_UP]
    assert line.instant(EventKind.HANG_UP) - line.instant(EventKind.MACHINE) <= rig.slack_s


@clause
async def find_knows_what_lives(rig: Rig) -> None:
    """Alive while it rings and while it talks; gone before it was placed and after it ended."""
    backend, line = rig.backend(), RecordingLine()
    order = rig.order(Situation.TALKS)
    assert await backend.find(order.attempt) is Found.GONE
    call = asyncio.create_task(backend.place(order, line))
    for kind in (EventKind.RINGING, EventKind.HUMAN):
        await line.reached(kind)
        assert await backend.find(order.attempt) is Found.ALIVE, kind
    await call
    assert await backend.find(order.attempt) is Found.GONE
    await backend.close()


@clause
async def one_attempt_is_never_dialed_twice(rig: Rig) -> None:
    """A second ``place`` of an attempt in progress dials nothing and leaves the first alone."""
    backend, first, second = rig.backend(), RecordingLine(), RecordingLine()
    order = rig.order(Situation.TALKS)
    call = asyncio.create_task(backend.place(order, first))
    await first.reached(EventKind.RINGING)
    end = await backend.place(order, second)
    assert end.outcome is Outcome.UNKNOWN
    assert EventKind.DIALING not in second.kinds
    assert (await call).outcome is Outcome.ANSWERED
    await backend.close()


async def _die_at(rig: Rig, order: CallOrder, kind: EventKind) -> RecordingLine:
    """Place a call and lose the process at the first event of ``kind``."""
    backend, line = rig.backend(), RecordingLine()
    call = asyncio.create_task(backend.place(order, line))
    await line.reached(kind)
    rig.kill(backend)
    call.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await call
    return line


@clause
async def a_talking_call_is_adopted_after_a_crash(rig: Rig) -> None:
    """The next process finds it, hears that it is answered, asks nothing, and stays to its end."""
    order = rig.order(Situation.TALKS)
    before = await _die_at(rig, order, EventKind.HUMAN)
    successor, line = rig.backend(), RecordingLine()
    assert await successor.find(order.attempt) is Found.ALIVE
    end = await successor.adopt(order, line)
    assert end.outcome is Outcome.ANSWERED
    assert line.questions == []
    assert EventKind.DIALING not in line.kinds
    assert line.kinds[0] is EventKind.ANSWERED
    assert line.kinds.count(EventKind.ANSWERED) == 1
    assert line.instant(EventKind.ANSWERED) <= before.events[-1].at + rig.slack_s
    assert before.kinds[-1] is EventKind.HUMAN
    assert await successor.find(order.attempt) is Found.GONE
    await successor.close()


@clause
async def an_adopted_call_keeps_its_verdict(rig: Rig) -> None:
    """What the ledger has of who answered is not found out anew: hung up, a machine is a voicemail, a person is not."""
    for situation, heard in ((Situation.TALKS, EventKind.HUMAN), (Situation.GREETS, EventKind.MACHINE)):
        order = rig.order(situation, attempt=f"att-{heard}")
        before = await _die_at(rig, order, heard)
        known = msgspec.structs.replace(
            order,
            dialed_at=before.instant(EventKind.DIALING),
            answered_at=before.instant(EventKind.ANSWERED),
            heard=heard,
        )
        successor, line = rig.backend(), RecordingLine()
        assert await successor.find(order.attempt) is Found.ALIVE
        call = asyncio.create_task(successor.adopt(known, line))
        await line.reached(EventKind.ANSWERED)
        await successor.hang_up(order.attempt)
        outcome = Outcome.ANSWERED if heard is EventKind.HUMAN else Outcome.VOICEMAIL
        assert (await asyncio.wait_for(call, rig.slack_s + 1.0)).outcome is outcome
        await successor.close()


@clause
async def adopting_what_was_answered_and_is_gone(rig: Rig) -> None:
    """It is settled by what was known of it: a machine, or somebody who answered."""
    backend = rig.backend()
    for heard, outcome in (
        (None, Outcome.ANSWERED),
        (EventKind.HUMAN, Outcome.ANSWERED),
        (EventKind.MACHINE, Outcome.VOICEMAIL),
    ):
        known = rig.order(Situation.TALKS, dialed_at=1.0, answered_at=2.0, heard=heard)
        line = RecordingLine()
        assert (await backend.adopt(known, line)).outcome is outcome
        assert line.events == []
    await backend.close()


@clause
async def a_ringing_call_is_adopted_after_a_crash(rig: Rig) -> None:
    """A call that rang when the process died is answered under the next one."""
    order = rig.order(Situation.TALKS)
    await _die_at(rig, order, EventKind.RINGING)
    successor, line = rig.backend(), RecordingLine()
    end = await successor.adopt(order, line)
    assert end.outcome is Outcome.ANSWERED
    assert line.kinds[:3] == [EventKind.RINGING, EventKind.ANSWERED, EventKind.HUMAN]
    await successor.close()


@clause
async def an_adopted_call_can_be_hung_up(rig: Rig) -> None:
    """It is a call like any other."""
    order = rig.order(Situation.TALKS)
    await _die_at(rig, order, EventKind.HUMAN)
    successor, line = rig.backend(), RecordingLine()
    call = asyncio.create_task(successor.adopt(order, line))
    await line.reached(EventKind.ANSWERED)
    await successor.hang_up(order.attempt)
    assert (await asyncio.wait_for(call, rig.slack_s + 1.0)).outcome is Outcome.ANSWERED
    assert await successor.find(order.attempt) is Found.GONE
    await successor.close()


@clause
async def a_call_that_died_before_dialing_is_gone(rig: Rig) -> None:
    """No process, no INVITE: a crash while the agent got ready rings nobody's phone."""
    order = rig.order(Situation.TALKS)
    line = await _die_at(rig, order, EventKind.ROOM)
    await asyncio.sleep(rig.quiet_s)
    successor = rig.backend()
    assert await successor.find(order.attempt) is Found.GONE
    assert EventKind.DIALING not in line.kinds
    await successor.close()


@clause
async def adopting_what_is_gone_is_unknown(rig: Rig) -> None:
    """Nobody can say how it ended, so nobody makes it up."""
    backend, line = rig.backend(), RecordingLine()
    end = await backend.adopt(rig.order(Situation.TALKS), line)
    assert end.outcome is Outcome.UNKNOWN
    assert line.events == []
    await backend.close()
