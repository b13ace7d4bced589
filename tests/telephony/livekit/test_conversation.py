"""An answered call as what is heard of it: every rule without a server."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.model.agent_signals import CalleeKind, Deed, MessageState
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import LiveKitSettings, NoVerdict
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony.detection import Clue, Detection, Who
from dialconsole.telephony.livekit.conversation import Conversation, Told
from dialconsole.telephony.livekit.sight import Report
from kit.livekit_rig import SETTINGS, order

HUMAN, MACHINE = Report(callee=CalleeKind.HUMAN), Report(callee=CalleeKind.MACHINE)


def talk(*, on_machine: OnMachine = OnMachine.LEAVE_MESSAGE, **settings: object) -> Conversation:
    """Answered at 0; verdict by 8, message within 60 s, over by 600."""
    changed: LiveKitSettings = msgspec.structs.replace(SETTINGS, **settings)
    return Conversation(order(on_machine=on_machine), changed, 0.0)


def kinds(told: list[Told]) -> list[EventKind]:
    return [step.kind for step in told]


def test_a_person() -> None:
    """Told once; the call goes on."""
    call = talk()
    assert kinds(call.hear(HUMAN, 2.0)) == [EventKind.HUMAN]
    assert call.hear(HUMAN, 4.0) == []
    assert (call.outcome, call.done, call.instruction) == (Outcome.ANSWERED, "", None)
    assert call.next_deadline() == 600.0


@pytest.mark.parametrize("kind", [CalleeKind.MACHINE, CalleeKind.SILENT])
def test_a_machine_is_hung_up_on(kind: CalleeKind) -> None:
    """By campaign: at once. Nobody speaking is a machine."""
    call = talk(on_machine=OnMachine.HANG_UP)
    assert kinds(call.hear(Report(callee=kind), 3.0)) == [EventKind.MACHINE]
    assert (call.outcome, call.done) == (Outcome.VOICEMAIL, "hung up on the machine")


def test_a_machine_gets_the_message() -> None:
    """The agent is told to leave it, has a minute, and the call is over when it says so."""
    call = talk()
    call.hear(MACHINE, 3.0)
    assert call.instruction is Deed.LEAVE_MESSAGE
    assert call.next_deadline() == 63.0
    assert call.hear(msgspec.structs.replace(MACHINE, message=MessageState.SPEAKING), 5.0) == []
    assert call.done == ""
    told = call.hear(msgspec.structs.replace(MACHINE, message=MessageState.LEFT), 15.0)
    assert kinds(told) == [EventKind.MESSAGE]
    assert (call.outcome, call.done) == (Outcome.VOICEMAIL, "the message was left")


def test_a_message_that_fails() -> None:
    """No MESSAGE in the ladder; a voicemail all the same."""
    call = talk()
    call.hear(MACHINE, 3.0)
    assert call.hear(msgspec.structs.replace(MACHINE, message=MessageState.FAILED), 5.0) == []
    assert (call.outcome, call.done) == (Outcome.VOICEMAIL, "the agent could not leave the message")


def test_a_message_that_never_ends() -> None:
    """Cut after message_s."""
    call = talk(message_s=20.0)
    call.hear(MACHINE, 3.0)
    call.tick(22.9, seen=True)
    assert call.done == ""
    call.tick(23.0, seen=False)
    assert "within 20 s" in call.done


def test_an_adopted_message_is_not_begun_anew() -> None:
    """The agent was told before the crash: telling it twice would make it speak twice."""
    call = talk()
    call.hear(msgspec.structs.replace(MACHINE, message=MessageState.SPEAKING), 0.0)
    assert call.instruction is None
    assert call.next_deadline() == 60.0


@pytest.mark.parametrize(
    ("setting", "outcome", "told"),
    [(NoVerdict.VOICEMAIL, Outcome.VOICEMAIL, [EventKind.MACHINE]), (NoVerdict.UNKNOWN, Outcome.UNKNOWN, [])],
)
def test_an_agent_that_never_reports(setting: NoVerdict, outcome: Outcome, told: list[EventKind]) -> None:
    """By the trunk's setting; never a person."""
    call = talk(no_verdict=setting)
    assert call.tick(7.9, seen=True) == []
    assert kinds(call.tick(8.0, seen=True)) == told
    assert call.outcome is outcome
    assert call.tick(9.0, seen=True) == []


def test_a_room_that_cannot_be_looked_at_is_not_a_silent_agent() -> None:
    """The report may be there: the default waits for a look."""
    call = talk()
    assert call.tick(20.0, seen=False) == []
    assert kinds(call.hear(HUMAN, 21.0)) == [EventKind.HUMAN]


@pytest.mark.parametrize("setting", list(NoVerdict))
def test_a_late_report_beats_the_default(setting: NoVerdict) -> None:
    """The guess was one: the message is off, and the person is a person."""
    call = talk(no_verdict=setting)
    call.tick(8.0, seen=True)
    assert kinds(call.hear(HUMAN, 9.0)) == [EventKind.HUMAN]
    assert (call.outcome, call.instruction, call.done) == (Outcome.ANSWERED, None, "")
    assert call.next_deadline() == 600.0


def test_the_first_report_holds() -> None:
    """An agent that changes its mind in mid-message changes nothing."""
    call = talk()
    call.hear(MACHINE, 3.0)
    assert call.hear(HUMAN, 5.0) == []
    assert call.outcome is Outcome.VOICEMAIL


@pytest.mark.parametrize(("setting", "outcome"), [("voicemail", Outcome.VOICEMAIL), ("unknown", Outcome.UNKNOWN)])
def test_unsure_is_the_default_at_once(setting: str, outcome: Outcome) -> None:
    """An agent that cannot tell is an agent that does not say."""
    call = talk(no_verdict=NoVerdict(setting))
    call.hear(Report(callee=CalleeKind.UNSURE), 4.0)
    assert call.outcome is outcome


def test_over_before_anybody_could_tell() -> None:
    """Answered is answered."""
    assert talk().outcome is Outcome.ANSWERED


def test_an_opt_out_is_told_once() -> None:
    """As soon as it is seen, with the callee's words."""
    call = talk()
    report = Report(callee=CalleeKind.HUMAN, opt_out="take me off your list")
    told = call.hear(report, 6.0)
    assert Told(EventKind.OPT_OUT, "take me off your list") in told
    assert call.hear(report, 8.0) == []
    assert not call.has_last_words()


def test_dispositions_may_change() -> None:
    """Each new one is told; the same one is not told again."""
    call = talk()
    assert kinds(call.hear(Report(disposition="thinking it over"), 5.0)) == [EventKind.DISPOSITION]
    assert call.hear(Report(disposition="thinking it over"), 6.0) == []
    assert call.hear(Report(disposition="appointment"), 7.0) == [Told(EventKind.DISPOSITION, "appointment")]


def test_the_agent_is_done() -> None:
    """It has nothing left to say, so it is hung up."""
    call = talk()
    call.hear(Report(callee=CalleeKind.HUMAN, done=True), 5.0)
    assert call.done == "the agent hung up"


def test_long_calls_are_cut() -> None:
    """At max_call_s from the answer, whatever the agent does."""
    call = talk()
    call.hear(HUMAN, 2.0)
    call.tick(600.0, seen=False)
    assert call.done == "the call reached its limit of 600 s"


@pytest.mark.parametrize(("who", "outcome"), [(Who.HUMAN, Outcome.ANSWERED), (Who.MACHINE, Outcome.VOICEMAIL)])
def test_what_we_heard_ourselves(who: Who, outcome: Outcome) -> None:
    """It decides like a report, and the agent is told."""
    call = talk()
    call.observe(Detection(who, Clue.SHORT_SPEECH, 2.0, "spoke 0.8 s, then waited"), 2.0)
    assert call.outcome is outcome
    assert call.instruction is (Deed.TALK if who is Who.HUMAN else Deed.LEAVE_MESSAGE)


def test_what_we_heard_after_the_report() -> None:
    """The agent said it first."""
    call = talk()
    call.hear(HUMAN, 2.0)
    assert call.observe(Detection(Who.MACHINE, Clue.GREETING, 3.0, ""), 3.0) == []
    assert call.outcome is Outcome.ANSWERED


def test_a_second_agent_is_told_what_is_known() -> None:
    """A person, a message to be left, or nothing yet."""
    person, machine, nobody = talk(), talk(), talk()
    person.hear(HUMAN, 2.0)
    machine.hear(MACHINE, 2.0)
    machine.instruction = None
    for call in (person, machine, nobody):
        call.agent_is_back()
    assert [call.instruction for call in (person, machine, nobody)] == [Deed.TALK, Deed.LEAVE_MESSAGE, None]


@given(st.lists(st.tuples(st.sampled_from([None, *CalleeKind]), st.booleans(), st.floats(0, 700)), max_size=12))
def test_never_a_person_on_a_guess(steps: list[tuple[CalleeKind | None, bool, float]]) -> None:
    """Whatever is reported when: HUMAN is told only for a report of a person, and one outcome stands at the end."""
    call = talk()
    told: list[Told] = []
    for callee, done, at in sorted(steps, key=lambda step: step[2]):
        told += call.hear(Report(callee=callee, done=done), at)
        told += call.tick(at, seen=True)
    reported = {callee for callee, _, _ in steps}
    assert EventKind.HUMAN not in kinds(told) or CalleeKind.HUMAN in reported
    assert kinds(told).count(EventKind.HUMAN) <= 1
    assert call.outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL)
    if EventKind.HUMAN in kinds(told):
        assert call.outcome is Outcome.ANSWERED
